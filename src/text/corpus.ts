/**
 * A corpus: texts, cut into documents at blank lines and at the ends of files. Documents are ranges in the texts, held in
 * typed arrays, so that a corpus of millions of lines costs little more than its text.
 */
import type { DataConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { createRng, deriveSeed } from '../core/rng.ts';
import { sectionEnds } from './sections.ts';
import { countTexts, type TextCounts } from './textCounts.ts';
import { findTwins } from './twins.ts';

export interface SourceText {
  readonly name: string;
  /** Lines end with "\n". */
  readonly text: string;
}

/** Documents as columns: document d is `text.slice(starts[d], ends[d])` of `sources[source[d]]`. */
interface DocumentTable {
  readonly length: number;
  readonly source: Int32Array;
  /** UTF-16 position of the first line. */
  readonly starts: Int32Array;
  /** Position behind the last line's "\n", or the end of the text. */
  readonly ends: Int32Array;
  /** Lines that are not blank: samples. */
  readonly lineCounts: Int32Array;
}

/** How texts are cut and split: 1 knew no twins and cut no lines. Stored runs keep theirs, so that they go on as they began. */
export const CORPUS_VERSIONS = [1, 2] as const;
export type CorpusVersion = (typeof CORPUS_VERSIONS)[number];

export interface Corpus {
  readonly version: CorpusVersion;
  readonly sources: readonly SourceText[];
  readonly documents: DocumentTable;
  /** For each document the first that says the same, or nearly; itself: none before it does. A split parts none of them. */
  readonly twins: Int32Array;
  /** What was done to the text that a person should know; one sentence each. */
  readonly notices: readonly string[];
}

/** Which documents are kept from training. */
export interface Split {
  /** 1 for each held-out document. */
  readonly heldOut: Uint8Array;
  /** Ascending. */
  readonly trainingDocuments: readonly number[];
  readonly heldOutDocuments: readonly number[];
}

export interface CorpusStatistics extends TextCounts {
  /** Non-blank lines. */
  readonly samples: number;
  readonly documents: number;
  readonly trainingDocuments: number;
  readonly heldOutDocuments: number;
  readonly trainingSamples: number;
  readonly heldOutSamples: number;
}

/** Fewer characters than this, white space around them aside, hold nothing to learn: about two sonnets. */
export const MIN_CHARACTERS = 1000;

/** With fewer documents than this, a share of whole documents would be far from the share asked for. */
const FEWEST_DOCUMENTS = 10;
/** Sections that a text of few documents is cut into, where it has the lines. */
const SECTIONS = 40;
/** A line of a larger share than this of a text of few documents is cut itself, if it is so long or all that there is. */
const LONGEST_SHARE = 0.25;
const LONG_LINE = 2000;

/**
 * Cuts texts into documents. A text of fewer than ten is cut into sections of consecutive lines, and lines that are most of
 * it at the ends of sentences; these are its documents from then on, so that a share can be held out.
 * @throws StudioError `dataEmpty`, `dataTooShort`
 */
export function buildCorpus(sources: readonly SourceText[], version: CorpusVersion = 2): Corpus {
  const name = sources.length === 1 ? (sources[0]?.name ?? '') : `${sources.length} texts`;
  const characters = sources.reduce((sum, { text }) => sum + text.trim().length, 0);
  if (characters === 0) throw new StudioError('dataEmpty', 'no text', { name });
  if (characters < MIN_CHARACTERS) {
    throw new StudioError('dataTooShort', `${characters} characters`, { name, characters, minimum: MIN_CHARACTERS });
  }
  const found = findDocuments(sources);
  if (found.length >= FEWEST_DOCUMENTS) return corpusOf(sources, found, [], version);
  const samples = found.lineCounts.reduce((sum, lines) => sum + lines, 0);
  const sections = findDocuments(sources, Math.max(1, Math.ceil(samples / SECTIONS)));
  const documents = version === 1 ? sections : cutLongLines(sources, sections, characters);
  const notices = sectionNotices(found.length, sections.length, documents.length);
  return corpusOf(sources, documents, notices, version);
}

function corpusOf(
  sources: readonly SourceText[],
  documents: DocumentTable,
  notices: readonly string[],
  version: CorpusVersion,
): Corpus {
  const text = { sources, documents };
  const twins =
    version === 1
      ? Int32Array.from({ length: documents.length }, (_, index) => index)
      : findTwins(documents.length, (index) => documentText(text, index)).first;
  return { version, ...text, twins, notices };
}

function sectionNotices(found: number, ofLines: number, documents: number): string[] {
  if (documents > ofLines) {
    const lines = ofLines === 1 ? 'a single line' : 'little more than a long line';
    return [
      `The text is ${lines}, so it was cut into ${documents} sections, at the ends of sentences where it has some.`,
    ];
  }
  if (documents === found) return [];
  const blocks =
    found === 1 ? 'no blank lines between documents' : `only ${found} documents (separated by blank lines)`;
  return [`The text has ${blocks}, so it was cut into ${documents} sections of consecutive lines.`];
}

/** Documents that are one line, and a large part of the text, become sections of it. */
function cutLongLines(sources: readonly SourceText[], table: DocumentTable, characters: number): DocumentTable {
  const rows: number[] = [];
  for (let index = 0; index < table.length; index++) {
    const [source, start, end, lines] = [table.source, table.starts, table.ends, table.lineCounts].map(
      (column) => column[index] as number,
    ) as [number, number, number, number];
    const text = sources[source]?.text ?? '';
    const isLong =
      lines === 1 && end - start > (table.length === 1 ? 0 : Math.max(LONG_LINE, LONGEST_SHARE * characters));
    const ends = isLong ? sectionEnds(text.slice(start, end), Math.ceil(characters / SECTIONS)) : [end - start];
    for (const [part, at] of ends.entries()) rows.push(source, start + (ends[part - 1] ?? 0), start + at, lines);
  }
  return tableOf(rows);
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

/** @param rows source, start, end and lines of each document */
function tableOf(rows: readonly number[]): DocumentTable {
  const length = rows.length / 4;
  const column = (offset: number): Int32Array =>
    Int32Array.from({ length }, (_, row) => rows[4 * row + offset] as number);
  return { length, source: column(0), starts: column(1), ends: column(2), lineCounts: column(3) };
}

/** Position behind the "\n" of the line at `position`, or the end of the text. */
function lineEnd(text: string, position: number): number {
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
export function documentText({ sources, documents }: Pick<Corpus, 'sources' | 'documents'>, document: number): string {
  const { source, starts, ends } = documents;
  return sources[source[document] as number]?.text.slice(starts[document], ends[document]) ?? '';
}

/** The lines of a document that are not blank, as they are in the text, without "\n". */
export function documentLines(corpus: Corpus, document: number): string[] {
  return documentText(corpus, document)
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** The lines of some documents, one document after the other. */
export function* linesOf(corpus: Corpus, documents: readonly number[]): Generator<string[]> {
  for (const document of documents) yield documentLines(corpus, document);
}

/**
 * Draws the held-out documents: in an order shuffled by the split seed, whole documents, each with its twins, as long as they
 * bring the held-out lines nearer to the share. With a share above 0 and two documents or more that are no twins, at least
 * one is held out and one is not. Where all are twins they are parted all the same.
 */
export function splitDocuments(corpus: Corpus, config: DataConfig): Split {
  const { length, lineCounts } = corpus.documents;
  const heldOut = new Uint8Array(length);
  if (config.heldOutShare > 0 && length > 1) {
    const order = createRng(deriveSeed(config.splitSeed, 'split')).shuffle(
      Int32Array.from(heldOut, (_, index) => index),
    );
    const wanted = config.heldOutShare * lineCounts.reduce((sum, lines) => sum + lines, 0);
    const groups = groupsOf(corpus);
    const linesOf = (group: readonly number[]): number =>
      group.reduce((sum, document) => sum + (lineCounts[document] as number), 0);
    let lines = 0;
    for (const document of order) {
      const group = groups.get(document);
      if (group === undefined) continue;
      const more = linesOf(group);
      if (lines + more / 2 > wanted) continue;
      for (const twin of group) heldOut[twin] = 1;
      lines += more;
    }
    // Every document is too large for the share: the smallest is the nearest to it.
    if (lines === 0) {
      const smallest = [...groups.values()].reduce((least, group) => (linesOf(group) < linesOf(least) ? group : least));
      for (const twin of smallest) heldOut[twin] = 1;
    }
  }
  const trainingDocuments: number[] = [];
  const heldOutDocuments: number[] = [];
  for (let index = 0; index < length; index++) (heldOut[index] ? heldOutDocuments : trainingDocuments).push(index);
  return { heldOut, trainingDocuments, heldOutDocuments };
}

/** The documents of each group of twins by its first. */
function groupsOf({ documents, twins }: Corpus): ReadonlyMap<number, readonly number[]> {
  const isOne = twins.every((first) => first === twins[0]);
  const groups = new Map<number, number[]>();
  for (let document = 0; document < documents.length; document++) {
    const first = isOne ? document : (twins[document] as number);
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [document]);
    else group.push(document);
  }
  return groups;
}

/**
 * What the tokenizer is trained on: every line but those of held-out documents, each with its "\n", blank lines too. With
 * nothing held out these are the sequences that Hugging Face's trainer cuts from the files.
 */
export function* tokenizerSequences(corpus: Corpus, split: Split): Generator<string> {
  const { documents } = corpus;
  let document = 0;
  for (const [source, { text }] of corpus.sources.entries()) {
    for (let position = 0; position < text.length; ) {
      while (document < documents.length && isBehind(documents, document, source, position)) document++;
      const inDocument = documents.source[document] === source && position >= (documents.starts[document] as number);
      if (inDocument && split.heldOut[document] === 1) {
        position = documents.ends[document] as number;
        continue;
      }
      // A section ends within its line.
      const end = Math.min(lineEnd(text, position), inDocument ? (documents.ends[document] as number) : text.length);
      yield text.slice(position, end);
      position = end;
    }
  }
}

/** Whether a document ends at or before a position of a source. */
function isBehind(documents: DocumentTable, document: number, source: number, position: number): boolean {
  const own = documents.source[document] as number;
  return own < source || (own === source && (documents.ends[document] as number) <= position);
}

/** Figures of a corpus and its split. A second or two for 100 MB. */
export function corpusStatistics(corpus: Corpus, split: Split): CorpusStatistics {
  const { lineCounts } = corpus.documents;
  const linesOf = (documents: readonly number[]): number =>
    documents.reduce((sum, document) => sum + (lineCounts[document] as number), 0);
  const trainingSamples = linesOf(split.trainingDocuments);
  const heldOutSamples = linesOf(split.heldOutDocuments);
  return {
    ...countTexts(corpus.sources.map(({ text }) => text)),
    samples: trainingSamples + heldOutSamples,
    documents: corpus.documents.length,
    trainingDocuments: split.trainingDocuments.length,
    heldOutDocuments: split.heldOutDocuments.length,
    trainingSamples,
    heldOutSamples,
  };
}
