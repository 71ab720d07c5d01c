/** Adds up the comparison of a copy of the model with the live one. */
import { compareLogits, likeliest } from '../core/export/compareLogits.ts';
import type { VerifyCase, VerifyReport } from './protocol.ts';

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
): Promise<VerifyReport> {
  const lines: VerifyReport['lines'][number][] = [];
  let sameTokens = 0;
  for (const given of cases) {
    const { ids, logits } = await ask(given);
    const { largestDifference, same } = compareLogits(given.logits, logits);
    sameTokens += same.filter(Boolean).length;
    lines.push({
      text: given.text,
      sameIds: ids.join() === given.ids.join(),
      ours: given.logits.map((row) => tokenText(likeliest(row))),
      theirs: logits.map((row) => tokenText(likeliest(row))),
      largestDifference,
    });
  }
  return {
    lines,
    largestDifference: Math.max(0, ...lines.map((line) => line.largestDifference)),
    sameTokens,
    masks: cases.reduce((sum, { positions }) => sum + positions.length, 0),
  };
}
