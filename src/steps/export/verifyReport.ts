/** Adds up the comparison of a copy of the model with the live one. */
import { compareLogits, likeliest } from '../../files/export/compareLogits.ts';
import type { BundleOrigin } from '../../files/import/origin.ts';

/** A masked line with what the live model says, for comparison. Ids as in the model's files. */
export interface VerifyCase {
  readonly text: string;
  readonly ids: readonly number[];
  /** Places of the masks in `ids`. */
  readonly positions: readonly number[];
  /** Logits at each mask. */
  readonly logits: readonly Float32Array[]; // [V] each
}

export interface VerifyRequest {
  readonly origin: BundleOrigin;
  readonly cases: readonly VerifyCase[];
}

/** How a copy of the model compares with the live one. */
export type VerifyReport = Awaited<ReturnType<typeof compareCopy>>;

/** What a copy says to one line. Ids as in the model's files. */
export interface CopyAnswer {
  readonly ids: readonly number[];
  readonly logits: readonly Float32Array[]; // [V] for each mask
}

/**
 * Asks the copy about every line, one after the other.
 * @param tokenText a token as a person reads it
 */
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
