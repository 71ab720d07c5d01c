/**
 * The lines that a held-out loss is to be read against, from the person's own text and on the model's own masks: a random
 * guess, word frequencies, and tables of neighbours. A model above the unigram line has learned nothing; one above the
 * neighbour line no more than which tokens stand beside each other.
 */

import type { WordFigures } from '../../core/answers.ts';
import { FIRST_ORDINARY_ID } from '../../core/config.ts';
import type { EncodedDocuments } from '../batches/encodeDocuments.ts';
import { heldOutMasks, type MaskSettings } from '../batches/heldOutBatches.ts';
import {
  type CountedText,
  countNeighbours,
  isCounted,
  type NeighbourCounts,
  type Neighbours,
  neighboursAt,
  neighboursOf,
  pairOf,
} from './neighbourCounts.ts';
import { chooseShrinkage, type Shrinkage, tuningPairs } from './shrinkage.ts';

/** Nats a masked token, on the masks of the final held-out pass. */
export interface ReferenceLines {
  /** ln V: every entry of the vocabulary alike. */
  readonly random: number;
  /** Token frequencies in the training text, one half added to each count. */
  readonly unigram: number;
  /** Counts of left and right neighbours and of both, see `shrinkage.ts`. */
  readonly neighbours: number;
  /** Share of the masked tokens that the neighbour counts find likeliest, and among their five likeliest. */
  readonly neighbourTop1: number;
  readonly neighbourTop5: number;
  /** Masked tokens that were predicted. */
  readonly tokens: number;
  readonly shrinkage: Shrinkage;
  /** What a table of neighbouring words finds of the held-out words that the model is asked for; null: there are none. */
  readonly words?: WordFigures | null;
}

/** Masked tokens between two yields. */
const TOKENS_PER_TURN = 256;

/**
 * Computes the lines. A neighbour that the same draw masks is hidden from the counts as it is from the model. Yields between
 * pieces of work.
 */
export function* referenceLines(
  training: EncodedDocuments,
  heldOut: EncodedDocuments,
  settings: MaskSettings,
): Generator<null, ReferenceLines> {
  const { vocabSize } = settings;
  const kinds = vocabSize - FIRST_ORDINARY_ID - 1;
  const pairs = tuningPairs(training, vocabSize);
  for (const { left, right } of neighboursOf(heldOut)) pairs.add(pairOf(left, right, vocabSize));
  const counts = yield* countNeighbours(training, vocabSize, undefined, pairs);
  const shrinkage = yield* chooseShrinkage(training, counts, vocabSize, kinds);
  const table = new NeighbourTable(training, counts, shrinkage, vocabSize, kinds);
  const predict = rememberPlaces(table);
  let [unigram, neighbours, top1, top5, tokens] = [0, 0, 0, 0, 0];
  for (const masked of heldOutMasks(heldOut, settings)) {
    for (const { place, seesLeft, seesRight } of placesOf(heldOut, masked)) {
      const { probability, rank } = predict(place, seesLeft, seesRight);
      unigram -= Math.log(table.unigramOf(place.token));
      neighbours -= Math.log(probability);
      if (rank < 1) top1++;
      if (rank < 5) top5++;
      if (++tokens % TOKENS_PER_TURN === 0) yield null;
    }
  }
  return {
    random: Math.log(vocabSize),
    unigram: unigram / tokens,
    neighbours: neighbours / tokens,
    neighbourTop1: top1 / tokens,
    neighbourTop5: top5 / tokens,
    tokens,
    shrinkage,
  };
}

/** The masked tokens of a draw, and which of their neighbours the draw leaves to be seen. */
function* placesOf(heldOut: EncodedDocuments, masked: Int32Array) {
  const isMasked = new Uint8Array(heldOut.ids.length);
  for (const index of masked) isMasked[index] = 1;
  let document = 0;
  for (const index of masked) {
    while (index >= (heldOut.documentStarts[document + 1] ?? 0)) document++;
    const place = neighboursAt(heldOut, document, index);
    if (place === null) continue;
    // A document's edge is always seen.
    const isFirst = index === heldOut.documentStarts[document];
    const isLast = index + 1 === heldOut.documentStarts[document + 1];
    const seesLeft = isFirst || isMasked[index - 1] !== 1;
    const seesRight = isLast || isMasked[index + 1] !== 1;
    yield { place, seesLeft, seesRight };
  }
}

/** What a table says of the token that stands at a place. */
export interface Prediction {
  readonly probability: number;
  /** How many other tokens have a higher one. */
  readonly rank: number;
}

/** Predicts each place once for what it sees: every draw masks some places that others masked before. */
function rememberPlaces(table: NeighbourTable): NeighbourTable['predict'] {
  const known = new Map<number, Prediction>();
  return (place, seesLeft, seesRight) => {
    const key = 4 * place.index + (seesLeft ? 2 : 0) + (seesRight ? 1 : 0);
    const prediction = known.get(key) ?? table.predict(place, seesLeft, seesRight);
    known.set(key, prediction);
    return prediction;
  };
}

/** What the counts of a text say about what stands between two tokens. */
export class NeighbourTable {
  readonly #counts: NeighbourCounts;
  readonly #shrinkage: Shrinkage;
  readonly #unigram: Float64Array; // [V]
  /** The unigram's probabilities, highest first. */
  readonly #descending: Float64Array;

  constructor(training: CountedText, counts: NeighbourCounts, shrinkage: Shrinkage, vocabSize: number, kinds: number) {
    this.#counts = counts;
    this.#shrinkage = shrinkage;
    const total = counts.unigram.total + 0.5 * kinds;
    this.#unigram = Float64Array.from({ length: vocabSize }, (_, token) =>
      isCounted(training, token) ? (counts.unigram.of(token) + 0.5) / total : 0,
    );
    this.#descending = this.#unigram.filter((share) => share > 0).sort((a, b) => b - a);
  }

  unigramOf(token: number): number {
    return this.#unigram[token] ?? 0;
  }

  predict(place: Neighbours, seesLeft: boolean, seesRight: boolean): Prediction {
    const rows = {
      left: this.#counts.after(place.left),
      right: this.#counts.before(place.right),
      both: this.#counts.between(place.left, place.right),
    };
    const mixture = this.#mixture(place, seesLeft, seesRight);
    const probabilityOf = (token: number): number =>
      mixture.base * this.unigramOf(token) +
      mixture.left * rows.left.of(token) +
      mixture.right * rows.right.of(token) +
      mixture.both * rows.both.of(token);
    const probability = probabilityOf(place.token);
    // All others have the unigram's share alone; those that were counted here are then set right one by one.
    let rank = this.#higherUnigrams(mixture.base, probability);
    const setRight = (token: number): void => {
      if (probabilityOf(token) > probability) rank++;
      if (mixture.base * this.unigramOf(token) > probability) rank--;
    };
    if (seesLeft) for (const token of rows.left.counts.keys()) setRight(token);
    if (seesRight) {
      for (const token of rows.right.counts.keys()) if (!seesLeft || rows.left.of(token) === 0) setRight(token);
    }
    return { probability, rank };
  }

  /** What each count adds to a token's probability: q(w) = base · u(w) + left · count + right · count + both · count. */
  #mixture({ left, right }: Neighbours, seesLeft: boolean, seesRight: boolean) {
    const { leftAlone, rightAlone, ...shrinkage } = this.#shrinkage;
    const leftTotal = this.#counts.after(left).total;
    const rightTotal = this.#counts.before(right).total;
    if (!seesLeft && !seesRight) return { base: 1, left: 0, right: 0, both: 0 };
    if (!seesRight) {
      return { base: leftAlone / (leftTotal + leftAlone), left: 1 / (leftTotal + leftAlone), right: 0, both: 0 };
    }
    if (!seesLeft) {
      return { base: rightAlone / (rightTotal + rightAlone), left: 0, right: 1 / (rightTotal + rightAlone), both: 0 };
    }
    const pairTotal = this.#counts.between(left, right).total;
    const rest = shrinkage.both / (pairTotal + shrinkage.both);
    const leftPart = (rest * shrinkage.leftShare) / (leftTotal + shrinkage.left);
    const rightPart = (rest * (1 - shrinkage.leftShare)) / (rightTotal + shrinkage.right);
    return {
      base: leftPart * shrinkage.left + rightPart * shrinkage.right,
      left: leftPart,
      right: rightPart,
      both: 1 / (pairTotal + shrinkage.both),
    };
  }

  /** How many tokens have base · unigram above a bound; binary search. */
  #higherUnigrams(base: number, bound: number): number {
    let [low, high] = [0, this.#descending.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (base * (this.#descending[middle] ?? 0) > bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
