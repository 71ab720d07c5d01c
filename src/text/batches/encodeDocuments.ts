/** Documents as one array of token ids, from which rows are cut. */

import { enlarge } from '../../core/bytes.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** What encoding needs of a tokenizer. */
export type LineEncoder = Pick<Tokenizer, 'lineBreakId' | 'encodeWords'>;

/** Token ids of many documents, one after the other; no special tokens among them. */
export interface EncodedDocuments {
  /** Lines of a document are joined by `lineBreakId`. */
  readonly ids: Int32Array;
  /** Where each document starts in `ids`; one entry more than there are documents, the last is `ids.length`. */
  readonly documentStarts: Int32Array;
  readonly lineBreakId: number;
  /** 1 where a token begins a word, as the tokenizer cuts words; a line break is one. */
  readonly wordStarts: Uint8Array;
}

/** Each document with the places of its tokens in `ids`. */
export function* documentRanges({
  documentStarts,
}: Pick<EncodedDocuments, 'documentStarts'>): Generator<readonly [document: number, start: number, end: number]> {
  for (let document = 0; document + 1 < documentStarts.length; document++) {
    yield [document, documentStarts[document] as number, documentStarts[document + 1] as number];
  }
}

/** Lines between two yields within a long document: a few milliseconds of work. */
const LINES_PER_TURN = 64;

/**
 * Encodes documents, each line on its own, so that a token never spans a line break. Yields the number of finished
 * documents often enough (after every document, and every few lines of a long one) for the caller to look at the clock.
 * @example documents [['a b', 'c'], ['d']] → ids [a, Ġb, Ċ, c, d], documentStarts [0, 4, 5]
 */
export function* encodeDocuments(
  documents: Iterable<readonly string[]>,
  tokenizer: LineEncoder,
): Generator<number, EncodedDocuments> {
  const { lineBreakId } = tokenizer;
  const starts: number[] = [0];
  let ids = new Int32Array(1 << 16);
  let wordStarts = new Uint8Array(1 << 16);
  let length = 0;
  const append = (word: readonly number[]): void => {
    if (length + word.length > ids.length) {
      const capacity = Math.max(2 * ids.length, length + word.length);
      ids = enlarge(ids, new Int32Array(capacity));
      wordStarts = enlarge(wordStarts, new Uint8Array(capacity));
    }
    ids.set(word, length);
    if (word.length > 0) wordStarts[length] = 1;
    length += word.length;
  };
  for (const lines of documents) {
    for (const [index, line] of lines.entries()) {
      if (index > 0) append([lineBreakId]);
      for (const word of tokenizer.encodeWords(line)) append(word);
      if (index % LINES_PER_TURN === LINES_PER_TURN - 1) yield starts.length - 1;
    }
    starts.push(length);
    yield starts.length - 1;
  }
  return {
    ids: ids.slice(0, length),
    documentStarts: Int32Array.from(starts),
    lineBreakId,
    wordStarts: wordStarts.slice(0, length),
  };
}
