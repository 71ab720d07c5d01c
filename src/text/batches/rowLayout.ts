/** What the two ways of cutting a text into rows have in common. */

/** Stands for `</s>` between documents, where a row lists places in the text. */
export const SEPARATOR = -1;

/** How a text is cut into rows of at most T − 2 tokens; `<s>` and the last `</s>` are added by the assembler. */
export interface RowLayout {
  readonly rowsPerEpoch: number;
  /** Share of an epoch's positions that is padding. */
  readonly paddingShare: number;
  /** Maskable tokens of a row, over the rows of an epoch. */
  readonly maskableTokens: { readonly mean: number; readonly variance: number };
  /**
   * Lists a row's tokens by their place in `EncodedDocuments.ids`.
   * @param sources receives the places, {@link SEPARATOR} between documents; [T − 2]
   * @returns how many there are
   */
  readRow(epoch: number, row: number, sources: Int32Array): number;
}

/** Mean and variance of what is yielded, without keeping it. Source: Welford (1962). */
export function momentsOf(values: Iterable<number>): { mean: number; variance: number } {
  let [count, mean, squares] = [0, 0, 0];
  for (const value of values) {
    count++;
    const before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
  }
  return { mean, variance: count === 0 ? 0 : squares / count };
}

/**
 * Remembers the latest two results: a batch may span two epochs, and asking for an older one only costs time.
 * @param make a pure function of the key
 */
export function keepLatest<T>(make: (key: number) => T): (key: number) => T {
  const kept = new Map<number, T>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    for (const oldest of kept.keys()) {
      if (kept.size < 2) break;
      kept.delete(oldest);
    }
    kept.set(key, value);
    return value;
  };
}

/**
 * Which of the ranges that follow each other holds a place; binary search.
 * @param starts where each begins, and where the last one ends
 */
export function lastAtOrBefore(starts: Int32Array | Float64Array, place: number): number {
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
