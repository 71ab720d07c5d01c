/**
 * How far counts are trusted. A context that was seen n times keeps the share n / (n + k) for its own counts and gives the
 * rest to what is known without it:
 *
 *     unigram   u(w)   = (count(w) + ½) / (tokens + ½ · tokens that can be masked)
 *     left      l(w)   = (count(left, w) + k · u(w)) / (count(left) + k)            right: the same
 *     both      q(w)   = (count(left, w, right) + k · m(w)) / (count(left, right) + k),   m = λ · l + (1 − λ) · r
 *
 * The k and λ are chosen on the training text alone: each document is predicted from the counts of all the others.
 * Source: MacKay and Peto (1995), "A hierarchical Dirichlet language model"; leaving one document out instead of a prior.
 */
import { documentRanges } from '../batches/encodeDocuments.ts';
import {
  type CountedText,
  type CountRow,
  NeighbourCounts,
  type Neighbours,
  neighboursIn,
  neighboursOf,
  pairOf,
} from './neighbourCounts.ts';

export interface Shrinkage {
  /** k of left and right counts where the other neighbour is hidden. */
  readonly leftAlone: number;
  readonly rightAlone: number;
  /** k of left and right counts where both are seen, and of what is known of both together. */
  readonly left: number;
  readonly right: number;
  readonly both: number;
  /** λ. */
  readonly leftShare: number;
}

/** Tokens of the training text that the weights are chosen on, about. */
const TUNING_TOKENS = 20_000;
/** ¼ to 1,024, each √2 times the one before. */
const WEIGHTS: readonly number[] = Array.from({ length: 25 }, (_, index) => 2 ** (index / 2 - 2));
const SHARES: readonly number[] = Array.from({ length: 17 }, (_, index) => (index + 2) / 20);
const START: Shrinkage = { leftAlone: 4, rightAlone: 4, left: 4, right: 4, both: 4, leftShare: 0.5 };
const MOST_ROUNDS = 8;

/** Whether a document is one of every k, so that about {@link TUNING_TOKENS} tokens are in them. */
function tuningDocuments({ ids }: CountedText): (document: number) => boolean {
  const every = Math.ceil(ids.length / TUNING_TOKENS);
  return (document) => document % every === 0;
}

/** What the other documents say of each token. */
type TuningTable = readonly ReturnType<typeof without>[];

/**
 * Chooses the weights. Yields between pieces of work.
 * @param counts of the whole training text, with the pairs of the tuning documents
 * @param kinds tokens that can be masked, of the vocabulary
 */
export function* chooseShrinkage(
  documents: CountedText,
  counts: NeighbourCounts,
  vocabSize: number,
  kinds: number,
): Generator<null, Shrinkage> {
  const table = yield* leaveOneOut(documents, counts, vocabSize, kinds);
  const left = yield* descend(START, { leftAlone: WEIGHTS }, 1, ({ leftAlone }) => sideLoss(table, 'left', leftAlone));
  const sides = yield* descend(left, { rightAlone: WEIGHTS }, 1, ({ rightAlone }) =>
    sideLoss(table, 'right', rightAlone),
  );
  const grid = { left: WEIGHTS, right: WEIGHTS, both: WEIGHTS, leftShare: SHARES };
  return yield* descend(sides, grid, MOST_ROUNDS, (weights) => bothLoss(table, weights));
}

/**
 * Sets weights one after another, a few times over, each to the value with the lowest loss; the one before it stays where none
 * is lower. Yields after each value.
 * @param grid the values of each weight
 */
export function* descend(
  start: Shrinkage,
  grid: Readonly<Partial<Record<keyof Shrinkage, readonly number[]>>>,
  rounds: number,
  lossOf: (shrinkage: Shrinkage) => number,
): Generator<null, Shrinkage> {
  let [best, lowest] = [start, lossOf(start)];
  for (let round = 0; round < rounds; round++) {
    const before = best;
    for (const [name, values] of Object.entries(grid)) {
      for (const value of values) {
        const candidate = { ...best, [name]: value };
        const loss = lossOf(candidate);
        if (loss < lowest) [best, lowest] = [candidate, loss];
        yield null;
      }
    }
    if (best === before) break;
  }
  return best;
}

/** Of one neighbour alone. */
function sideLoss(table: TuningTable, side: 'left' | 'right', k: number): number {
  return table.reduce((loss, { unigram, [side]: { count, total } }) => {
    return loss - Math.log((count + k * unigram) / (total + k));
  }, 0);
}

function bothLoss(table: TuningTable, shrinkage: Shrinkage): number {
  return table.reduce((loss, { unigram, left, right, both }) => {
    const l = (left.count + shrinkage.left * unigram) / (left.total + shrinkage.left);
    const r = (right.count + shrinkage.right * unigram) / (right.total + shrinkage.right);
    const mixed = shrinkage.leftShare * l + (1 - shrinkage.leftShare) * r;
    return loss - Math.log((both.count + shrinkage.both * mixed) / (both.total + shrinkage.both));
  }, 0);
}

/** For each token of the tuning documents, the counts without its own document. */
function* leaveOneOut(
  documents: CountedText,
  counts: NeighbourCounts,
  vocabSize: number,
  kinds: number,
): Generator<null, TuningTable> {
  const rows: ReturnType<typeof without>[] = [];
  const isWanted = tuningDocuments(documents);
  for (const [document] of documentRanges(documents)) {
    if (!isWanted(document)) continue;
    const own = new NeighbourCounts(vocabSize);
    for (const place of neighboursIn(documents, document)) own.add(place);
    for (const place of neighboursIn(documents, document)) rows.push(without(counts, own, place, kinds));
    yield null;
  }
  return rows;
}

function without(all: NeighbourCounts, own: NeighbourCounts, { token, left, right }: Neighbours, kinds: number) {
  const difference = (rowOf: (counts: NeighbourCounts) => CountRow) => {
    const [theirs, mine] = [rowOf(all), rowOf(own)];
    return { count: theirs.of(token) - mine.of(token), total: theirs.total - mine.total };
  };
  const { count, total } = difference(({ unigram }) => unigram);
  return {
    unigram: (count + 0.5) / (total + 0.5 * kinds),
    left: difference((counts) => counts.after(left)),
    right: difference((counts) => counts.before(right)),
    both: difference((counts) => counts.between(left, right)),
  };
}

/** The pairs of neighbours in the tuning documents. */
export function tuningPairs(documents: CountedText, vocabSize: number): Set<number> {
  const places = neighboursOf(documents, tuningDocuments(documents));
  return new Set(Array.from(places, ({ left, right }) => pairOf(left, right, vocabSize)));
}
