/** The moving average of a curve, computed over the whole series before anything is left out for drawing. */

/**
 * Exponential moving average without the pull towards 0 at the start (the correction of Adam, section 3).
 * A value that is not finite is passed over and leaves the average as it was.
 * @param weight share of the old average in the new one: 0 gives the series back, 0.99 is very smooth
 * @example debiasedAverage([4, 4, 4], 0.9) // [4, 4, 4]
 * @example debiasedAverage([1, 3], 0.5)    // [1, 7 / 3]
 */
export function debiasedAverage(values: ArrayLike<number>, weight: number): Float64Array {
  const averages = new Float64Array(values.length);
  let sum = 0;
  let correction = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? Number.NaN;
    if (Number.isFinite(value)) {
      sum = weight * sum + (1 - weight) * value;
      correction = weight * correction + (1 - weight);
    }
    averages[index] = correction === 0 ? Number.NaN : sum / correction;
  }
  return averages;
}

/** Mean of the last values; `NaN` for an empty series. */
export function meanOfLast(values: ArrayLike<number>, count: number): number {
  const start = Math.max(0, values.length - count);
  let sum = 0;
  for (let index = start; index < values.length; index++) sum += values[index] ?? 0;
  return sum / (values.length - start);
}
