/** A corpus: texts with their documents, those that say the same on one side of a split, and its figures. */

import { groupBy } from '../core/collections.ts';
import type { DataConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { createRng, deriveSeed } from '../core/rng.ts';
import {
  cutLongLines,
  type DocumentTable,
  documentsOf,
  findDocuments,
  lineEnd,
  type SourceText,
  type TextDocuments,
  twinsOf,
} from './documentTable.ts';
import { countTexts } from './textCounts.ts';

/** How texts are cut and split: 1 knew no twins and cut no lines. Stored runs keep theirs, so that they go on as they began. */
export const CORPUS_VERSIONS = [1, 2] as const;
export type CorpusVersion = (typeof CORPUS_VERSIONS)[number];

export interface Corpus extends TextDocuments {
  readonly version: CorpusVersion;
  /** For each document the first that says the same, or nearly; itself: none before it does. A split parts none of them. */
  readonly twins: Int32Array;
  /** What was done to the text that a person should know; one sentence each. */
  readonly notices: readonly string[];
}

/** Which documents are kept from training. */
export type Split = ReturnType<typeof splitDocuments>;

export type CorpusStatistics = ReturnType<typeof corpusStatistics>;

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
  const text = documentsOf(sources);
  const { documents: found } = text;
  if (found.length >= FEWEST_DOCUMENTS) return corpusOf(text, [], version);
  const samples = found.lineCounts.reduce((sum, lines) => sum + lines, 0);
  const sections = findDocuments(sources, Math.max(1, Math.ceil(samples / SECTIONS)));
  const longest = Math.max(LONG_LINE, LONGEST_SHARE * characters);
  const documents =
    version === 1
      ? sections
      : cutLongLines({ sources, documents: sections }, longest, Math.ceil(characters / SECTIONS));
  const notices = sectionNotices(found.length, sections.length, documents.length);
  return corpusOf({ sources, documents }, notices, version);
}

function corpusOf(text: TextDocuments, notices: readonly string[], version: CorpusVersion): Corpus {
  const twins = version === 1 ? Int32Array.from(text.documents.lineCounts.keys()) : twinsOf(text).first;
  return { version, ...text, twins, notices };
}

function sectionNotices(found: number, ofLines: number, documents: number): string[] {
  if (documents > ofLines) {
    const lines = ofLines === 1 ? 'a single line' : 'little more than a long line';
    return [`The text is ${lines}, so it was cut into ${documents} sections, at sentence ends where possible.`];
  }
  if (documents === found) return [];
  const blocks =
    found === 1 ? 'no blank lines between documents' : `only ${found} documents (separated by blank lines)`;
  return [`The text has ${blocks}, so it was cut into ${documents} sections of consecutive lines.`];
}

/**
 * Draws the held-out documents: in an order shuffled by the split seed, whole documents, each with its twins, as long as they
 * bring the held-out lines nearer to the share. With a share above 0 and two documents or more that are no twins, at least
 * one is held out and one is not. Where all are twins they are parted all the same.
 */
export function splitDocuments(corpus: Corpus, config: DataConfig) {
  const { length, lineCounts } = corpus.documents;
  const heldOut = new Uint8Array(length);
  if (config.heldOutShare > 0 && length > 1) {
    const order = createRng(deriveSeed(config.splitSeed, 'split')).shuffle(
      Int32Array.from(heldOut, (_, index) => index),
    );
    const wanted = config.heldOutShare * lineCounts.reduce((sum, lines) => sum + lines, 0);
    const groups = groupsOf(corpus);
    const linesOf = (group: readonly number[]): number => countLines(corpus, group);
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
  /** 1 for each held-out document; the lists are ascending. */
  return { heldOut, trainingDocuments, heldOutDocuments };
}

/** The documents of each group of twins by its first. */
function groupsOf({ documents, twins }: Corpus): ReadonlyMap<number, readonly number[]> {
  const isOne = twins.every((first) => first === twins[0]);
  return groupBy(documents.source.keys(), (document) => (isOne ? document : (twins[document] as number)));
}

function countLines({ documents }: Corpus, group: readonly number[]): number {
  return group.reduce((sum, document) => sum + (documents.lineCounts[document] as number), 0);
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
export function corpusStatistics(corpus: Corpus, split: Split) {
  const trainingSamples = countLines(corpus, split.trainingDocuments);
  const heldOutSamples = countLines(corpus, split.heldOutDocuments);
  return {
    ...countTexts(corpus.sources.map(({ text }) => text)),
    /** Non-blank lines. */
    samples: trainingSamples + heldOutSamples,
    documents: corpus.documents.length,
    trainingDocuments: split.trainingDocuments.length,
    heldOutDocuments: split.heldOutDocuments.length,
    trainingSamples,
    heldOutSamples,
  };
}
