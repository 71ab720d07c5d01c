/** Adds up the comparison of a copy of the model with the live one. */
import type { BundleOrigin } from '../../files/bundleSource.ts';

/** What a model says to one line. Ids as in the model's files. */
export interface CopyAnswer {
  readonly ids: readonly number[];
  readonly logits: readonly Float32Array[]; // [V] for each mask
}

/** A masked line with what the live model says. */
export interface VerifyCase extends CopyAnswer {
  readonly text: string;
  /** Places of the masks in `ids`. */
  readonly positions: readonly number[];
}

export interface VerifyRequest {
  readonly origin: BundleOrigin;
  readonly cases: readonly VerifyCase[];
}

/** How a copy of the model compares with the live one. */
export type VerifyReport = Awaited<ReturnType<typeof compareCopy>>;

/** Asks the copy about every line, one after the other. @param tokenText a token as a person reads it */
export async function compareCopy(
  cases: readonly VerifyCase[],
  ask: (given: VerifyCase) => Promise<CopyAnswer>,
  tokenText: (id: number) => string,
) {
  const lines = [];
  let sameTokens = 0;
  for (const given of cases) {
    const { ids, logits } = await ask(given);
    const { largestDifference, same } = compareLogits(given.logits, logits);
    sameTokens += same.filter(Boolean).length;
    lines.push({
      text: given.text,
      /** Whether its tokenizer gives the same ids. */
      sameIds: ids.join() === given.ids.join(),
      /** The likeliest token at each mask: the live model's, and the copy's. */
      ours: given.logits.map((row) => tokenText(likeliest(row))),
      theirs: logits.map((row) => tokenText(likeliest(row))),
      largestDifference,
    });
  }
  return {
    lines,
    largestDifference: Math.max(0, ...lines.map((line) => line.largestDifference)),
    /** Masks at which the likeliest token is the same. */
    sameTokens,
    masks: cases.reduce((sum, { positions }) => sum + positions.length, 0),
  };
}

/**
 * The largest difference, and whether the likeliest token is the same, for each mask.
 * @param ours logits at each mask; [V] each
 */
function compareLogits(ours: readonly Float32Array[], theirs: readonly Float32Array[]) {
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
function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) {
    if ((logits[id] as number) > (logits[best] as number)) best = id;
  }
  return best;
}
