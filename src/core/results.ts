/** What a model answers, as plain data. */

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
