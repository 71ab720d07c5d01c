/**
 * How often each token stands beside each other one: the counts behind the reference line that a model has to beat before
 * it can be said to have learned more than a table.
 *
 *     "the day the"   →   beside `the` on the left: day 1; between `the` and `the`: day 1; before the document's end: the 1
 */
import { EOS_ID } from '../../core/config.ts';
import { documentRanges, type EncodedDocuments } from '../batches/encodeDocuments.ts';
import { isMaskable } from '../batches/masking.ts';

/** A token that can be masked, with what stands beside it: `</s>` at a document's edge, as the model sees it. */
export interface Neighbours {
  readonly index: number;
  readonly token: number;
  readonly left: number;
  readonly right: number;
}

/** Counts of the tokens that were seen in one context. */
export class CountRow {
  readonly counts = new Map<number, number>();
  total = 0;

  add(token: number): void {
    this.counts.set(token, this.of(token) + 1);
    this.total++;
  }

  of(token: number): number {
    return this.counts.get(token) ?? 0;
  }
}

const NO_COUNTS = new CountRow();

/** A text whose tokens are counted. */
export interface CountedText extends EncodedDocuments {
  /** Whether a token is to be predicted, and is more than what others stand beside; where left out, what can be masked is. */
  isCounted?(token: number): boolean;
  /** What each token is to those beside it, where that is not the token itself. */
  readonly contexts?: Int32Array;
}

/** Whether a token is to be predicted. */
export function isCounted({ isCounted: own, lineBreakId }: CountedText, token: number): boolean {
  return isMaskable(token, lineBreakId) && (own === undefined || own(token));
}

/** What stands at one place of a text and beside it. @returns null where the token is not to be predicted */
export function neighboursAt(documents: CountedText, document: number, index: number): Neighbours | null {
  const { ids, documentStarts, contexts = ids } = documents;
  const token = ids[index] ?? 0;
  if (!isCounted(documents, token)) return null;
  const left = index > (documentStarts[document] ?? 0) ? (contexts[index - 1] ?? EOS_ID) : EOS_ID;
  const right = index + 1 < (documentStarts[document + 1] ?? 0) ? (contexts[index + 1] ?? EOS_ID) : EOS_ID;
  return { index, token, left, right };
}

/** Every token of a document that is to be predicted, in order. */
export function* neighboursIn(text: CountedText, document: number): Generator<Neighbours> {
  const end = text.documentStarts[document + 1] ?? 0;
  for (let index = text.documentStarts[document] ?? 0; index < end; index++) {
    const found = neighboursAt(text, document, index);
    if (found !== null) yield found;
  }
}

/** The same of all documents, or of those that are wanted. */
export function* neighboursOf(text: CountedText, isWanted = (_: number): boolean => true): Generator<Neighbours> {
  for (const [document] of documentRanges(text)) if (isWanted(document)) yield* neighboursIn(text, document);
}

/** The counts of a text, or of a part of it. Line breaks and special tokens are contexts and are not counted themselves. */
export class NeighbourCounts {
  readonly unigram = new CountRow();
  readonly #left = new Map<number, CountRow>();
  readonly #right = new Map<number, CountRow>();
  readonly #both = new Map<number, CountRow>();
  readonly #vocabSize: number;
  readonly #isWanted: (pair: number) => boolean;

  /** @param wanted pairs of neighbours whose counts will be asked for (see `pairOf`); all where it is left out */
  constructor(vocabSize: number, wanted?: ReadonlySet<number>) {
    this.#vocabSize = vocabSize;
    this.#isWanted = wanted === undefined ? () => true : (pair) => wanted.has(pair);
  }

  /** Counts one token. */
  add({ token, left, right }: Neighbours): void {
    this.unigram.add(token);
    rowOf(this.#left, left).add(token);
    rowOf(this.#right, right).add(token);
    const pair = pairOf(left, right, this.#vocabSize);
    if (this.#isWanted(pair)) rowOf(this.#both, pair).add(token);
  }

  /** What follows a token. */
  after(left: number): CountRow {
    return this.#left.get(left) ?? NO_COUNTS;
  }

  /** What precedes a token. */
  before(right: number): CountRow {
    return this.#right.get(right) ?? NO_COUNTS;
  }

  /** What stands between two tokens. */
  between(left: number, right: number): CountRow {
    return this.#both.get(pairOf(left, right, this.#vocabSize)) ?? NO_COUNTS;
  }
}

/** Tokens that are counted at most, in whole documents from the start: more would change little and take long. */
const MOST_TOKENS = 2_000_000;

/**
 * Counts the documents of a text that are wanted. Yields after each of them.
 * @param pairs see {@link NeighbourCounts}
 */
export function* countNeighbours(
  text: CountedText,
  vocabSize: number,
  isWanted = (_: number): boolean => true,
  pairs?: ReadonlySet<number>,
): Generator<null, NeighbourCounts> {
  const counts = new NeighbourCounts(vocabSize, pairs);
  for (const [document, start] of documentRanges(text)) {
    if (start >= MOST_TOKENS) break;
    if (!isWanted(document)) continue;
    for (const place of neighboursIn(text, document)) counts.add(place);
    yield null;
  }
  return counts;
}

/** Two neighbours as one number. */
export function pairOf(left: number, right: number, vocabSize: number): number {
  return left * vocabSize + right;
}

function rowOf(rows: Map<number, CountRow>, context: number): CountRow {
  let row = rows.get(context);
  if (row === undefined) {
    row = new CountRow();
    rows.set(context, row);
  }
  return row;
}
