/** Words of the held-out text that a model is asked for: the same ones for every model of a split. */
import { BOS_ID, EOS_ID, MASK_ID } from '../../core/config.ts';
import { createRng, deriveSeed } from '../../core/rng.ts';
import type { EncodedDocuments } from '../batches/encodeDocuments.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { LONGEST_WORD, type WordGap } from './wordSearch.ts';
import { type WordStart, wordStartAfter, wordsOf } from './words.ts';

/** A word of a document. */
export interface WordPlace {
  readonly word: string;
  readonly document: number;
  /** Which of the document's lines, and its UTF-16 position in it. */
  readonly line: number;
  readonly start: number;
  /** What can stand in front of it, as far as its line tells. */
  readonly begins: WordStart;
  /** Its tokens in `EncodedDocuments.ids`. */
  readonly first: number;
  readonly end: number;
}

const HAS_LETTER = /\p{L}/u;

/**
 * Every word of documents whose tokens are no other word's; numbers are left out.
 * @param documents each document's lines, as they were encoded
 */
export function* wordPlaces(
  documents: Iterable<readonly string[]>,
  { documentStarts }: EncodedDocuments,
  tokenizer: Pick<Tokenizer, 'encodeWords' | 'encodeDetailed'>,
): Generator<WordPlace> {
  let document = -1;
  for (const lines of documents) {
    document++;
    let offset = documentStarts[document] ?? 0;
    for (const [line, text] of lines.entries()) {
      const spans = tokenizer.encodeDetailed(text);
      const length = tokenizer.encodeWords(text).reduce((sum, ids) => sum + ids.length, 0);
      // The name of a special token is ordinary text in a document.
      if (spans.length === length) {
        for (const { first, end, ...word } of wordsInLine(text, spans)) {
          const begins = wordStartAfter(text.slice(0, word.start).trimEnd(), null);
          yield { ...word, document, line, begins, first: offset + first, end: offset + end };
        }
      }
      // A line break stands between two lines.
      offset += length + 1;
    }
  }
}

/** Words of a line whose tokens are no other word's, with their tokens' places; numbers are left out. */
export function wordsInLine(
  text: string,
  spans: readonly { readonly start: number; readonly end: number }[],
): Pick<WordPlace, 'word' | 'start' | 'first' | 'end'>[] {
  let first = 0;
  return wordsOf(text).flatMap(({ word, start }) => {
    // Words and tokens stand in the same order: a line may be a whole book.
    while (first < spans.length && (spans[first]?.end ?? 0) <= start) first++;
    let end = first;
    while (end < spans.length && (spans[end]?.start ?? 0) < start + word.length) end++;
    const spelled = text.slice(spans[first]?.start, spans[end - 1]?.end);
    return HAS_LETTER.test(word) && spelled.replace(/^ /u, '') === word ? [{ word, start, first, end }] : [];
  });
}

/** Draws `count` of the places, or takes all where there are fewer; in the order of the text. */
export function drawPlaces(places: readonly WordPlace[], count: number, splitSeed: number): WordPlace[] {
  const rng = createRng(deriveSeed(splitSeed, 'words'));
  const order = rng
    .shuffle(Int32Array.from(places, (_, index) => index))
    .subarray(0, count)
    .sort();
  return [...order].flatMap((index) => places[index] ?? []);
}

/**
 * Every fourth of some places: of those that a table finds first, of those among its five, and of the others. So its figures
 * on them are those on all, and a model's are nearer to its own on all than those of places drawn blindly.
 * @param ranks the table's, for each place
 * @returns which places, in their order
 */
export function everyFourth(ranks: readonly number[]): number[] {
  const kinds = ranks.map((rank) => (rank < 1 ? 'first' : rank < 5 ? 'five' : 'none'));
  const seen = { first: 0, five: 0, none: 0 };
  return kinds.flatMap((kind, index) => (seen[kind]++ % 4 === 0 ? [index] : []));
}

/**
 * What the model reads to guess a word: as much of its document on both sides as a row has room for.
 * @param seqLength T of a row
 */
export function gapAt(
  { ids, documentStarts }: EncodedDocuments,
  { document, first, end, begins }: WordPlace,
  seqLength: number,
): WordGap {
  // Beside <s> and </s> the row has room for the masks of a long word.
  const room = seqLength - 2 - LONGEST_WORD;
  const [from, to] = [documentStarts[document] ?? 0, documentStarts[document + 1] ?? 0];
  const right = Math.min(to - end, Math.max(Math.floor(room / 2), room - (first - from)));
  const left = Math.min(first - from, room - right);
  return {
    ids: [BOS_ID, ...ids.subarray(first - left, first), MASK_ID, ...ids.subarray(end, end + right), EOS_ID],
    place: left + 1,
    start: begins,
  };
}
