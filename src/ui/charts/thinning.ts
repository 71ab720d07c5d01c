/** Which points of a long series are drawn. */

/**
 * Chooses at most `limit` indices so that the drawn line keeps every extreme that the eye could see: the axis is cut into
 * equal columns and each column keeps its lowest and its highest point. The first and the last point always stay.
 * @param positions ascending places on the axis as drawn, so the logarithm of the step on a logarithmic axis
 * @returns ascending indices
 * @example thinnedIndices([0, 1, 2, 3, 4, 5], [0, 9, 0, 0, -9, 0], 4) // [0, 1, 4, 5]
 */
export function thinnedIndices(positions: ArrayLike<number>, values: ArrayLike<number>, limit: number): number[] {
  const count = positions.length;
  if (count <= limit) return Array.from({ length: count }, (_, index) => index);
  const columns = Math.max(1, Math.floor((limit - 2) / 2));
  const first = positions[0] ?? 0;
  const width = ((positions[count - 1] ?? 0) - first) / columns;
  const lowest = new Int32Array(columns).fill(-1);
  const highest = new Int32Array(columns).fill(-1);
  for (let index = 0; index < count; index++) {
    const value = values[index] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const place = width > 0 ? Math.floor(((positions[index] ?? 0) - first) / width) : 0;
    const column = Math.min(columns - 1, Math.max(0, place));
    const low = lowest[column] ?? -1;
    const high = highest[column] ?? -1;
    if (low < 0 || value < (values[low] ?? 0)) lowest[column] = index;
    if (high < 0 || value > (values[high] ?? 0)) highest[column] = index;
  }
  const chosen = new Set([0, count - 1, ...lowest, ...highest]);
  chosen.delete(-1);
  return [...chosen].sort((a, b) => a - b);
}

/**
 * The index whose step is nearest.
 * @param steps ascending
 * @returns −1 for an empty series
 */
export function nearestIndex(steps: ArrayLike<number>, step: number): number {
  if (steps.length === 0) return -1;
  let low = 0;
  let high = steps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  const before = low - 1;
  if (before >= 0 && step - (steps[before] ?? 0) <= (steps[low] ?? 0) - step) return before;
  return low;
}
