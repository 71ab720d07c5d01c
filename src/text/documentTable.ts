/** Texts, cut into documents at blank lines and at the ends of files; and lines that are most of a text, at the ends of sentences. */
import { onceFor } from '../core/collections.ts';
import { findTwins } from './twins.ts';

export interface SourceText {
  readonly name: string;
  /** Lines end with "\n". */
  readonly text: string;
}

/** Documents as columns: document d is `text.slice(starts[d], ends[d])` of `sources[source[d]]`. */
export interface DocumentTable {
  readonly length: number;
  readonly source: Int32Array;
  /** UTF-16 position of the first line. */
  readonly starts: Int32Array;
  /** Position behind the last line's "\n", or the end of the text. */
  readonly ends: Int32Array;
  /** Lines that are not blank: samples. */
  readonly lineCounts: Int32Array;
}

export interface TextDocuments {
  readonly sources: readonly SourceText[];
  readonly documents: DocumentTable;
}

/**
 * Documents of all texts.
 * @param longest lines after which a document ends even without a blank line
 */
export function findDocuments(sources: readonly SourceText[], longest = Number.POSITIVE_INFINITY): DocumentTable {
  const rows: number[] = [];
  for (const [source, { text }] of sources.entries()) {
    let start = -1;
    let lines = 0;
    let position = 0;
    const close = (): void => {
      if (lines > 0) rows.push(source, start, position, lines);
      lines = 0;
    };
    while (position < text.length) {
      const end = lineEnd(text, position);
      if (isBlank(text, position, end)) close();
      else {
        if (lines === longest) close();
        if (lines === 0) start = position;
        lines++;
      }
      position = end;
    }
    close();
  }
  return tableOf(rows);
}

/** Texts with their documents, found once while the texts stay. */
export const documentsOf = onceFor(
  (sources: readonly SourceText[]): TextDocuments => ({ sources, documents: findDocuments(sources) }),
);

/** Which documents of a text say the same, found once while the text stays. */
export const twinsOf = onceFor((text: TextDocuments) =>
  findTwins(text.documents.length, (index) => documentText(text, index)),
);

/** @param rows source, start, end and lines of each document */
function tableOf(rows: readonly number[]): DocumentTable {
  const length = rows.length / 4;
  const column = (offset: number): Int32Array =>
    Int32Array.from({ length }, (_, row) => rows[4 * row + offset] as number);
  return { length, source: column(0), starts: column(1), ends: column(2), lineCounts: column(3) };
}

/** Position behind the "\n" of the line at `position`, or the end of the text. */
export function lineEnd(text: string, position: number): number {
  const lineBreak = text.indexOf('\n', position);
  return lineBreak < 0 ? text.length : lineBreak + 1;
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && (code < 0x09 || code > 0x0d)) return text.slice(i, end).trim() === '';
  }
  return true;
}

/** A document as it is in the text. */
export function documentText({ sources, documents }: TextDocuments, document: number): string {
  const { source, starts, ends } = documents;
  return sources[source[document] as number]?.text.slice(starts[document], ends[document]) ?? '';
}

/** The lines of a document that are not blank, as they are in the text, without "\n". */
export function documentLines(text: TextDocuments, document: number): string[] {
  return documentText(text, document)
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** The lines of some documents, one document after the other. */
export function* linesOf(text: TextDocuments, documents: readonly number[]): Generator<string[]> {
  for (const document of documents) yield documentLines(text, document);
}

/**
 * Documents that are one line, and longer than asked for or all that there is, become sections of it.
 * @param length of a section, about
 */
export function cutLongLines(
  { sources, documents: table }: TextDocuments,
  longest: number,
  length: number,
): DocumentTable {
  const rows: number[] = [];
  for (let index = 0; index < table.length; index++) {
    const [source, start, end, lines] = [table.source, table.starts, table.ends, table.lineCounts].map(
      (column) => column[index] as number,
    ) as [number, number, number, number];
    const text = sources[source]?.text ?? '';
    const isLong = lines === 1 && end - start > (table.length === 1 ? 0 : longest);
    const ends = isLong ? sectionEnds(text.slice(start, end), length) : [end - start];
    for (const [part, at] of ends.entries()) rows.push(source, start + (ends[part - 1] ?? 0), start + at, lines);
  }
  return tableOf(rows);
}

/** The end of a sentence with what closes it, and the space behind it; scripts without spaces have none. */
const SENTENCE_END = /[.!?…][\p{Pe}\p{Pf}"'”’»]*\s+|[。！？｡．！？।॥۔؟።។။][\p{Pe}\p{Pf}"'”’»]*\s*/gu;
/** What ends with a point within a sentence: “Mr.”, “e.g.”, initials. */
const ABBREVIATION = /(?:^|[\s(])(?:\p{Lu}|Mrs?|Dr|St|Nr|No|vol|pp?|cf|z\.B|e\.g|i\.e)\.\s+$/u;

/**
 * Where sections end that are about as long as asked for, at most twice as long.
 * @param length in UTF-16 units, above 0
 * @returns ascending positions; the last is the end of the text
 */
function sectionEnds(text: string, length: number): number[] {
  const ends: number[] = [];
  let start = 0;
  while (text.length - start > 1.5 * length) {
    const part = text.slice(start + Math.ceil(length / 2), start + 2 * length);
    const end = start + Math.ceil(length / 2) + bestEnd(part, length / 2);
    ends.push(end);
    start = end;
  }
  ends.push(text.length);
  return ends;
}

/** The end of a sentence that is nearest to a place; else a space; else the place itself, between two whole characters. */
function bestEnd(part: string, place: number): number {
  const nearest = (ends: readonly number[]): number | undefined =>
    ends.toSorted((a, b) => Math.abs(a - place) - Math.abs(b - place))[0];
  const endsOf = (pattern: RegExp): number[] =>
    Array.from(part.matchAll(pattern), ({ 0: match, index }) => index + match.length).filter(
      (end) => end < part.length && !ABBREVIATION.test(part.slice(Math.max(0, end - 8), end)),
    );
  const cut = nearest(endsOf(SENTENCE_END)) ?? nearest(endsOf(/\s+/gu));
  if (cut !== undefined) return cut;
  let end = Math.ceil(place);
  // Neither half a surrogate pair nor a mark without its letter begins a section.
  while (end < part.length - 1 && /^(?:[\udc00-\udfff]|\p{M})/u.test(part.slice(end, end + 2))) end++;
  return Math.max(1, end);
}
