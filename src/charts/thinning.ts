/** Which points of a long series are drawn. */

/** A stretch of a series, from one index to before another, and where it is drawn. */
interface Readings {
  readonly steps: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly from: number;
  readonly to: number;
  readonly log: boolean;
}

/**
 * Chooses at most `limit` indices so that the drawn line keeps every extreme that the eye could see: the axis is cut into
 * equal columns and each column keeps its lowest and its highest point. The first and the last point always stay.
 *
 * One pass without a copy or a column's place for every reading: a run of 100,000 steps is drawn anew twice a second.
 * @returns ascending indices
 * @example values 0, 9, 0, 0, −9, 0 at steps 0 to 5, at most 4 // [0, 1, 4, 5]
 */
export function thinnedIndices({ steps, values, from, to, log }: Readings, limit: number): number[] {
  const count = to - from;
  if (count <= limit) return Array.from({ length: count }, (_, index) => from + index);
  const columns = Math.max(1, Math.floor((limit - 2) / 2));
  const forward = (step: number): number => (log ? Math.log(Math.max(step, Number.MIN_VALUE)) : step);
  const first = forward(steps[from] ?? 0);
  const width = (forward(steps[to - 1] ?? 0) - first) / columns;
  const endOf = (column: number): number =>
    log ? Math.exp(first + width * (column + 1)) : first + width * (column + 1);
  const chosen = [from];
  let column = 0;
  let end = endOf(0);
  let low = -1;
  let high = -1;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = from; index < to; index++) {
    const step = steps[index] ?? 0;
    if (step >= end && column < columns - 1) {
      add(chosen, low, high);
      low = -1;
      high = -1;
      lowest = Number.POSITIVE_INFINITY;
      highest = Number.NEGATIVE_INFINITY;
      while (step >= end && column < columns - 1) end = endOf(++column);
    }
    // Skips NaN and ±Infinity.
    const value = values[index] ?? Number.NaN;
    if (value < lowest && value !== Number.NEGATIVE_INFINITY) {
      low = index;
      lowest = value;
    }
    if (value > highest && value !== Number.POSITIVE_INFINITY) {
      high = index;
      highest = value;
    }
  }
  add(chosen, low, high);
  add(chosen, to - 1, to - 1);
  return chosen;
}

/** Adds two indices in order, each that comes after what is there. */
function add(chosen: number[], one: number, other: number): void {
  const [before, after] = one < other ? [one, other] : [other, one];
  if (before > (chosen.at(-1) ?? -1)) chosen.push(before);
  if (after > (chosen.at(-1) ?? -1)) chosen.push(after);
}

/** The index whose step is nearest. @param steps ascending @returns −1 for an empty series */
export function nearestIndex(steps: ArrayLike<number>, step: number): number {
  const at = Math.min(firstAtLeast(steps, step), steps.length - 1);
  const before = at - 1;
  if (before >= 0 && step - (steps[before] ?? 0) <= (steps[at] ?? 0) - step) return before;
  return at;
}

/** The first index whose step is not below a step; the length where there is none. @param steps ascending */
export function firstAtLeast(steps: ArrayLike<number>, step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
