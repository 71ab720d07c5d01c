/**
 * A corpus: texts, cut into documents at blank lines and at the ends of files. Documents are ranges in the texts, held in
 * typed arrays, so that a corpus of millions of lines costs little more than its text.
 */
import type { DataConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { createRng, deriveSeed } from '../core/rng.ts';
import { countTexts, type TextCounts } from './textCounts.ts';

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

export interface Corpus {
  readonly sources: readonly SourceText[];
  readonly documents: DocumentTable;
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

/**
 * Cuts texts into documents. A text of fewer than ten is cut into sections of consecutive lines, which are its documents
 * from then on, so that a share can be held out.
 * @throws StudioError `dataEmpty`, `dataTooShort`
 */
export function buildCorpus(sources: readonly SourceText[]): Corpus {
  const name = sources.length === 1 ? (sources[0]?.name ?? '') : `${sources.length} texts`;
  const characters = sources.reduce((sum, { text }) => sum + text.trim().length, 0);
  if (characters === 0) throw new StudioError('dataEmpty', 'no text', { name });
  if (characters < MIN_CHARACTERS) {
    throw new StudioError('dataTooShort', `${characters} characters`, { name, characters, minimum: MIN_CHARACTERS });
  }
  const found = findDocuments(sources, Number.POSITIVE_INFINITY);
  if (found.length >= FEWEST_DOCUMENTS) return { sources, documents: found, notices: [] };
  const samples = found.lineCounts.reduce((sum, lines) => sum + lines, 0);
  const documents = findDocuments(sources, Math.max(1, Math.ceil(samples / SECTIONS)));
  return { sources, documents, notices: sectionNotices(found.length, documents.length) };
}

function sectionNotices(found: number, documents: number): string[] {
  if (documents === 1) {
    return ['The text is a single line, so nothing can be held out and the held-out loss can’t be measured.'];
  }
  if (documents === found) return [];
  const blocks =
    found === 1 ? 'no blank lines between documents' : `only ${found} documents (separated by blank lines)`;
  return [`The text has ${blocks}, so it was cut into ${documents} sections of consecutive lines.`];
}

/**
 * Documents of all texts.
 * @param longest lines after which a document ends even without a blank line
 */
function findDocuments(sources: readonly SourceText[], longest: number): DocumentTable {
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

/** The lines of a document that are not blank, as they are in the text, without "\n". */
export function documentLines(corpus: Corpus, document: number): string[] {
  const { source, starts, ends } = corpus.documents;
  const text = corpus.sources[source[document] as number]?.text ?? '';
  return text
    .slice(starts[document], ends[document])
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/**
 * Draws the held-out documents: in an order shuffled by the split seed, whole documents as long as each brings the held-out
 * lines nearer to the share. With a share above 0 and two documents or more, at least one is held out and one is not.
 */
export function splitDocuments(corpus: Corpus, config: DataConfig): Split {
  const { length, lineCounts } = corpus.documents;
  const heldOut = new Uint8Array(length);
  if (config.heldOutShare > 0 && length > 1) {
    const order = createRng(deriveSeed(config.splitSeed, 'split')).shuffle(
      Int32Array.from(heldOut, (_, index) => index),
    );
    const wanted = config.heldOutShare * lineCounts.reduce((sum, lines) => sum + lines, 0);
    let lines = 0;
    for (const document of order) {
      const more = lineCounts[document] as number;
      if (lines + more / 2 > wanted) continue;
      heldOut[document] = 1;
      lines += more;
    }
    // Every document is too large for the share: the smallest is the nearest to it.
    if (lines === 0) heldOut[lineCounts.indexOf(lineCounts.reduce((least, count) => Math.min(least, count)))] = 1;
  }
  const trainingDocuments: number[] = [];
  const heldOutDocuments: number[] = [];
  for (let index = 0; index < length; index++) (heldOut[index] ? heldOutDocuments : trainingDocuments).push(index);
  return { heldOut, trainingDocuments, heldOutDocuments };
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
      const end = lineEnd(text, position);
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
