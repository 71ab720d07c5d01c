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
import { holdsWord, type WordNode, type WordStart, type WordTree } from './words.ts';

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
  let open = rootsOf(gap, tree, lengths);
  let found: Filling[] = [];
  const bound = (): number => found[count - 1]?.score ?? Number.NEGATIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    open = open.filter(({ score }) => score > bound()).sort((a, b) => b.score - a.score);
    const now = open.splice(0, FILLINGS_AT_ONCE);
    if (now.length === 0) break;
    const rows = yield now.map((filling) => questionOf(gap, filling));
    for (const [index, filling] of now.entries()) {
      const next = branches(filling, rows[index] ?? new Float32Array(), bound()).sort((a, b) => b.score - a.score);
      if (filling.ids.length + 1 < filling.length) open.push(...next.slice(0, BRANCHES));
      else found = keepBest(found, next, count);
    }
  }
  return found.map(({ node: { word }, ids, score }) => ({ word: word ?? '', ids, probability: Math.exp(score) }));
}

/** Words of each length, with no token yet. */
function rootsOf({ start }: WordGap, tree: WordTree, lengths: readonly number[]): Filling[] {
  return lengths
    .slice(0, LONGEST_WORD)
    .map((share, index) => ({ length: index + 1, node: tree[start], ids: [], score: Math.log(share) }));
}

function questionOf({ ids, place }: WordGap, filling: Prefix): WordQuestion {
  const masks = new Array<number>(filling.length - filling.ids.length).fill(MASK_ID);
  return {
    ids: [...ids.slice(0, place), ...filling.ids, ...masks, ...ids.slice(place + 1)],
    place: place + filling.ids.length,
  };
}

/** A filling with one token more; those that can't be better than `bound` are left out. */
function branches({ length, node, ids, score }: Filling, row: Float32Array, bound: number): Filling[] {
  const left = length - ids.length - 1;
  const next: Filling[] = [];
  for (const [id, child] of node.next) {
    const nextScore = score + (row[id] ?? Number.NEGATIVE_INFINITY);
    const leads = left === 0 ? child.word !== null : (child.reach & (1 << left)) !== 0;
    if (leads && nextScore > bound) next.push({ length, node: child, ids: [...ids, id], score: nextScore });
  }
  return next;
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

/** A word, and its tokens with a space before it and without, as far as either may stand in its gap. */
export interface SpelledWord {
  readonly word: string;
  readonly forms: readonly (readonly number[])[];
}

/**
 * How many words are likelier in a gap than one that is known, the number of its tokens not told. Yields and takes the same as
 * {@link searchWords}, and is exact and much cheaper: what can't be likelier than the word is not read, and where `among`
 * words are likelier the search ends.
 * @returns from 0; Infinity for `among` and more, and for a word that the tree does not hold
 */
export function* rankWord(
  gap: WordGap,
  tree: WordTree,
  lengths: readonly number[],
  { word, forms }: SpelledWord,
  among: number,
): Generator<WordQuestion[], number, readonly Float32Array[]> {
  const roots = rootsOf(gap, tree, lengths);
  const own = forms.filter((ids) => ids.length <= roots.length && holdsWord(tree[gap.start], word, ids));
  if (own.length === 0) return Number.POSITIVE_INFINITY;
  const rows = new Map<string, Float32Array>();
  const prefixes = own.flatMap((ids) => ids.map((_, at) => ({ length: ids.length, ids: ids.slice(0, at) })));
  // Most words have one token, so that this row may already hold enough of them.
  yield* readOnce(gap, [...prefixes, ...roots.slice(0, 1)], rows);
  const score = Math.max(...own.map((ids) => scoreOf(ids, roots[ids.length - 1]?.score ?? 0, rows)));
  const likelier = new Set<string | null>();
  let open = roots.filter((root) => root.score > score);
  while (open.length > 0) {
    const read = open.filter((filling) => rows.has(keyOf(filling)));
    const now = read.length > 0 ? read : open.sort((a, b) => b.score - a.score).slice(0, FILLINGS_AT_ONCE);
    yield* readOnce(gap, now, rows);
    open = open.filter((filling) => !now.includes(filling));
    for (const filling of now) {
      const next = branches(filling, rows.get(keyOf(filling)) ?? new Float32Array(), score);
      if (filling.ids.length + 1 < filling.length) open.push(...next);
      else for (const { node } of next) if (node.word !== word) likelier.add(node.word);
    }
    if (likelier.size >= among) return Number.POSITIVE_INFINITY;
  }
  return likelier.size;
}

type Prefix = Pick<Filling, 'length' | 'ids'>;

const keyOf = ({ length, ids }: Prefix): string => `${length}: ${ids.join()}`;

/** Reads those that were not read before. */
function* readOnce(
  gap: WordGap,
  prefixes: readonly Prefix[],
  rows: Map<string, Float32Array>,
): Generator<WordQuestion[], void, readonly Float32Array[]> {
  const wanted = new Map(prefixes.map((prefix) => [keyOf(prefix), prefix]));
  for (const key of rows.keys()) wanted.delete(key);
  if (wanted.size === 0) return;
  const found = yield Array.from(wanted.values(), (prefix) => questionOf(gap, prefix));
  for (const [at, key] of [...wanted.keys()].entries()) rows.set(key, found[at] ?? new Float32Array());
}

/** A word's score from the rows of its prefixes, added up as a search does. */
function scoreOf(ids: readonly number[], share: number, rows: ReadonlyMap<string, Float32Array>): number {
  return ids.reduce((sum, id, at) => {
    const row = rows.get(keyOf({ length: ids.length, ids: ids.slice(0, at) }));
    return sum + (row?.[id] ?? Number.NEGATIVE_INFINITY);
  }, share);
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
