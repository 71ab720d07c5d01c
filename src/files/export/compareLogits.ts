/** Compares what two models say at the masks of some lines. */

export interface LineComparison {
  readonly largestDifference: number;
  /** Whether the likeliest token is the same, for each mask. */
  readonly same: readonly boolean[];
}

/**
 * @param ours logits at each mask; [V] each
 * @param theirs the same from the other model
 */
export function compareLogits(ours: readonly Float32Array[], theirs: readonly Float32Array[]): LineComparison {
  let largestDifference = 0;
  const same = ours.map((row, mask) => {
    const other = theirs[mask];
    for (const [id, logit] of row.entries()) {
      const difference = Math.abs(logit - (other?.[id] ?? Number.NaN));
      // NaN is as far off as can be.
      if (!(difference <= largestDifference))
        largestDifference = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    }
    return other !== undefined && likeliest(row) === likeliest(other);
  });
  return { largestDifference, same };
}

/** Id of the largest logit; the smaller id of two that are equal. */
export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) {
    if ((logits[id] as number) > (logits[best] as number)) best = id;
  }
  return best;
}
