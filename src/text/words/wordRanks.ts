/** Words that a person asks for, and where they stand among the answers. */

/** Answers that are searched for a rank. */
export const COMPARED_RANKS = 50;

/** The words of a field, each once. @example wordsIn('love,  beauty, love,') // ['love', 'beauty'] */
export function wordsIn(typed: string): string[] {
  const words = typed.split(/[,;、，\n]/u).map((word) => word.trim());
  return [...new Set(words.filter((word) => word !== ''))];
}

/**
 * Where a word stands, from 1; null: below all answers. A word that the model was never trained on is no answer, and stands
 * where its probability would put it.
 * @param answers the likeliest words, best first
 */
export function rankOf(
  word: string,
  probability: number,
  answers: readonly { readonly word: string; readonly probability: number }[],
): number | null {
  const found = answers.findIndex((answer) => answer.word === word);
  if (found >= 0) return found + 1;
  const above = answers.filter((answer) => answer.probability > probability).length;
  return above < answers.length ? above + 1 : null;
}

/** Which mask has the most certain answer; the first of equals. */
export function certainFirst(best: readonly { readonly probability: number }[]): number {
  return best.reduce((most, { probability }, mask) => (probability > (best[most]?.probability ?? 0) ? mask : most), 0);
}
