/** What a model answers, as plain data; and at a few moments of a run, so that it can be seen how its answers changed. */

/** How many verses are chosen, where there are as many. */
export const VERSES = 4;

/** The same verses, filled in at a step. */
export interface Answers {
  readonly step: number;
  readonly verses: readonly MaskedVerse[];
}

/** Moments that stand side by side: the first, the latest, and a few between. */
const MOST_MOMENTS = 5;

/**
 * The moments with one more. Where that makes too many, the one between goes whose neighbours are nearest to each other, by
 * ratio: much happens in the first steps, and little in the last ones.
 * @example steps 0, 10, 20, 100, 200 and then 300 // 0, 10, 20, 100, 300
 */
export function withAnswers(moments: readonly Answers[], next: Answers): Answers[] {
  const all = [...moments.filter(({ step }) => step < next.step), next];
  if (all.length <= MOST_MOMENTS) return all;
  const gap = (index: number): number => ((all[index + 1]?.step ?? 0) + 1) / ((all[index - 1]?.step ?? 0) + 1);
  let least = 1;
  for (let index = 2; index < all.length - 1; index++) if (gap(index) < gap(least)) least = index;
  return all.filter((_, index) => index !== least);
}

/** A held-out verse with masked words, filled in by the model. */
export interface MaskedVerse {
  /** The words around and between the masks; `fills.length === parts.length - 1`. */
  readonly parts: readonly string[];
  readonly fills: readonly { readonly truth: string; readonly guess: string; readonly probability: number }[];
}

/** One candidate for one mask, as `pipeline('fill-mask')` of transformers gives it. */
export interface FillCandidate {
  readonly score: number;
  readonly token: number;
  /** The decoded token, with its leading space. */
  readonly tokenStr: string;
  /** The whole text with this token in place of its mask. */
  readonly sequence: string;
}

/** What a table or a model knows of some words. */
export interface WordFigures {
  /** Share of the words that it finds likeliest, and among its five likeliest. */
  readonly top1: number;
  readonly top5: number;
  /** Words that were asked for. */
  readonly words: number;
}
