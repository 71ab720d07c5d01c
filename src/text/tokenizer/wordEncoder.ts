/** The ids of one word: its bytes, joined by the merge of the lowest rank, leftmost first, until none applies. */
import type { TrainedBpe } from './bpeTrainer.ts';
import { characterOfByte } from './byteAlphabet.ts';
import { Heap } from './heap.ts';

/** Words that are remembered; when there are more, remembering starts anew. */
const CACHED_WORDS = 1 << 16;
/** Longer words are not remembered: they hardly come again. */
const CACHED_LENGTH = 64;
/** Ranks are below 2^22, positions below 2^30: rank and position in one number that sorts by rank, then position. */
const POSITIONS = 2 ** 30;

/**
 * @param idOfToken ids of `trained.tokens`
 * @returns ids of a word, as {@link wordEnd} cuts them. Not to be changed: the next call may give the same array.
 */
export function createWordEncoder(
  trained: TrainedBpe,
  idOfToken: ReadonlyMap<string, number>,
): (word: string) => readonly number[] {
  const idOfByte = Int32Array.from({ length: 256 }, (_, byte) => idOfToken.get(characterOfByte(byte)) ?? 0);
  const table = createMergeTable(trained, idOfToken);
  const cache = new Map<string, readonly number[]>();
  return (word) => {
    const known = cache.get(word);
    if (known) return known;
    const ids = mergeWord(word, idOfByte, table);
    if (word.length <= CACHED_LENGTH) {
      if (cache.size >= CACHED_WORDS) cache.clear();
      cache.set(word, ids);
    }
    return ids;
  };
}

/** The rank of the merge of two ids, and the id of the token that each merge makes, by rank. */
function createMergeTable({ tokens, merges }: TrainedBpe, idOfToken: ReadonlyMap<string, number>) {
  const ranks = new Map<number, number>();
  const merged = new Int32Array(merges.length);
  for (const [rank, [left, right]] of merges.entries()) {
    const leftId = idOfToken.get(left);
    const rightId = idOfToken.get(right);
    const mergedId = idOfToken.get(left + right);
    if (leftId === undefined || rightId === undefined || mergedId === undefined) continue;
    // Of a pair that is there twice the later one counts, as in the library.
    ranks.set(leftId * tokens.length + rightId, rank);
    merged[rank] = mergedId;
  }
  return { rankOf: (left: number, right: number) => ranks.get(left * tokens.length + right), merged };
}

const utf8 = new TextEncoder();

/**
 * Merges with a heap of the pairs that could be joined, so that a word of a million letters takes no quadratic time.
 * Symbols are a linked list over the positions of the bytes; a heap entry is stale if the pair at its position has another
 * rank by now.
 */
function mergeWord(
  word: string,
  idOfByte: Int32Array,
  { rankOf, merged }: ReturnType<typeof createMergeTable>,
): number[] {
  const bytes = new Uint8Array(3 * word.length);
  const length = utf8.encodeInto(word, bytes).written;
  const ids = Int32Array.from(bytes.subarray(0, length), (byte) => idOfByte[byte] as number);
  const next = Int32Array.from(ids, (_, i) => i + 1);
  const previous = Int32Array.from(ids, (_, i) => i - 1);
  const heap = new Heap<number>(isSmaller);
  const rankAt = (position: number): number | undefined => {
    const after = next[position] as number;
    return after < length ? rankOf(ids[position] as number, ids[after] as number) : undefined;
  };
  const offer = (position: number): void => {
    const rank = rankAt(position);
    if (rank !== undefined) heap.push(rank * POSITIONS + position);
  };
  for (let i = 0; i + 1 < length; i++) offer(i);
  for (let key = heap.pop(); key !== undefined; key = heap.pop()) {
    const rank = Math.floor(key / POSITIONS);
    const position = key - rank * POSITIONS;
    if (ids[position] === ABSORBED || rankAt(position) !== rank) continue;
    const absorbed = next[position] as number;
    const after = next[absorbed] as number;
    ids[position] = merged[rank] as number;
    ids[absorbed] = ABSORBED;
    next[position] = after;
    if (after < length) previous[after] = position;
    const before = previous[position] as number;
    if (before >= 0) offer(before);
    offer(position);
  }
  return Array.from(ids.filter((id) => id !== ABSORBED));
}

const isSmaller = (a: number, b: number): boolean => a < b;

/** Marks the position of a symbol that was joined to the one on its left. */
const ABSORBED = -1;
