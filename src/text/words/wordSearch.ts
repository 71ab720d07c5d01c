/**
 * The likeliest words in a gap of a text, whatever number of tokens they have. A gap of one word is opened as one to five
 * masks side by side, and each length is filled from left to right:
 *
 *     P(word) = P(n tokens) · P(first | n masks) · P(second | first, n − 1 masks) · …
 *
 * The lengths compete, and of the fillings only words of a given list count. An open filling is never likelier than what it has
 * so far, so that most are dropped without being read to the end. The factors are those of Kauf and Ivanova (2023), "A better way to
 * do masked language model scoring": a token is not read together with later tokens of its own word.
 */
import { MASK_ID } from '../../core/config.ts';
import type { WordNode, WordStart, WordTree } from './words.ts';

/** A text with a gap of one word. */
export interface WordGap {
  /** The text as the model reads it, with one mask in the gap. */
  readonly ids: readonly number[];
  /** The mask's place in `ids`. */
  readonly place: number;
  readonly start: WordStart;
}

/** One row for the model to read, and the place that is asked for. */
export interface WordQuestion {
  readonly ids: readonly number[];
  readonly place: number;
}

export interface WordCandidate {
  readonly word: string;
  readonly ids: readonly number[];
  /** Of all that could stand in the gap; what is no word has a share, too. */
  readonly probability: number;
}

/** Tokens that a word has at most where it is searched for, and where it is asked for. */
export const LONGEST_WORD = 5;
export const LONGEST_ASKED_WORD = 24;
/** Tokens that are tried next in one filling, and fillings that are read at a time. */
const BRANCHES = 12;
const FILLINGS_AT_ONCE = 16;
/** Readings of the model for one gap, at most. */
const MOST_ROUNDS = 8;

interface Filling {
  readonly length: number;
  /** Where its tokens lead in the tree of words. */
  readonly node: WordNode;
  readonly ids: readonly number[];
  /** Natural logarithm of its probability so far. */
  readonly score: number;
}

/**
 * Searches a gap. Yields rows, and takes for each of them the natural logarithms of the probabilities of all tokens [V] at
 * the place that is asked for.
 * @param tree the words that can be answers
 * @param lengths probabilities of a word of 1, 2, … tokens
 * @returns the `count` likeliest words, best first; of a word that may have a space before it and need not, the likelier form
 */
export function* searchWords(
  gap: WordGap,
  tree: WordTree,
  lengths: readonly number[],
  count: number,
): Generator<WordQuestion[], WordCandidate[], readonly Float32Array[]> {
  const root = tree[gap.start];
  let open: Filling[] = lengths
    .slice(0, LONGEST_WORD)
    .map((share, index) => ({ length: index + 1, node: root, ids: [], score: Math.log(share) }));
  let found: Filling[] = [];
  const bound = (): number => found[count - 1]?.score ?? Number.NEGATIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    open = open.filter(({ score }) => score > bound()).sort((a, b) => b.score - a.score);
    const now = open.splice(0, FILLINGS_AT_ONCE);
    if (now.length === 0) break;
    const rows = yield now.map((filling) => questionOf(gap, filling));
    for (const [index, filling] of now.entries()) {
      const next = branches(filling, rows[index] ?? new Float32Array(), bound(), count);
      if (filling.ids.length + 1 < filling.length) open.push(...next);
      else found = keepBest(found, next, count);
    }
  }
  return found.map(({ node: { word }, ids, score }) => ({ word: word ?? '', ids, probability: Math.exp(score) }));
}

function questionOf({ ids, place }: WordGap, filling: Pick<Filling, 'length' | 'ids'>): WordQuestion {
  const masks = new Array<number>(filling.length - filling.ids.length).fill(MASK_ID);
  return {
    ids: [...ids.slice(0, place), ...filling.ids, ...masks, ...ids.slice(place + 1)],
    place: place + filling.ids.length,
  };
}

/** A filling with one token more, the likeliest first; those that can't be better than `bound` are left out. */
function branches({ length, node, ids, score }: Filling, row: Float32Array, bound: number, count: number): Filling[] {
  const left = length - ids.length - 1;
  const next: Filling[] = [];
  for (const [id, child] of node.next) {
    const nextScore = score + (row[id] ?? Number.NEGATIVE_INFINITY);
    const leads = left === 0 ? child.word !== null : (child.reach & (1 << left)) !== 0;
    if (leads && nextScore > bound) next.push({ length, node: child, ids: [...ids, id], score: nextScore });
  }
  // Of complete words all count that may be among the answers, each of them in two forms at most.
  return next.sort((a, b) => b.score - a.score).slice(0, left === 0 ? Math.max(BRANCHES, 2 * count) : BRANCHES);
}

/** The `count` best of complete fillings, each word once. */
function keepBest(found: readonly Filling[], next: readonly Filling[], count: number): Filling[] {
  const words = new Set<string | null>();
  return [...found, ...next]
    .sort((a, b) => b.score - a.score)
    .filter(({ node: { word } }) => !words.has(word) && words.add(word))
    .slice(0, count);
}

/**
 * The probability of one word in a gap. Yields all rows at once, and takes the same as {@link searchWords}.
 * @param ids tokens of the word, with the space before it where there is one
 */
export function* scoreWord(
  gap: WordGap,
  ids: readonly number[],
  lengths: readonly number[],
): Generator<WordQuestion[], number, readonly Float32Array[]> {
  const length = ids.length;
  const rows = yield ids.map((_, at) => questionOf(gap, { length, ids: ids.slice(0, at) }));
  const share = lengths[length - 1] ?? 0;
  return share * Math.exp(ids.reduce((sum, id, at) => sum + (rows[at]?.[id] ?? Number.NEGATIVE_INFINITY), 0));
}

/** How many tokens words have: one half is added to each count. @returns shares of 1 to {@link LONGEST_ASKED_WORD} */
export function wordLengths(lengths: Iterable<number>): number[] {
  const counts = new Array<number>(LONGEST_ASKED_WORD).fill(0.5);
  for (const length of lengths) {
    const at = Math.min(length, LONGEST_ASKED_WORD) - 1;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => count / total);
}
