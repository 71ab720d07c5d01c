/** What attention is computed over, in either style. */
import type { Range } from '../plan.ts';

export interface AttentionShape {
  /** B. */
  readonly batch: number;
  /** T. */
  readonly columns: number;
  /** A. */
  readonly heads: number;
  /** D, a multiple of four. */
  readonly headSize: number;
}

export interface AttentionRanges {
  readonly qkv: Range; // [N, 3H]
  readonly attended: Range; // [N]
  /** Softmax, before dropout; kept for the backward pass, which overwrites it with what dropout kept. */
  readonly probabilities: Range; // [B, A, T, T]
  readonly context: Range; // [N, H]
}

/** The lowest float32, which transformers adds to the scores of masked keys. */
export const MASKED_SCORE = '-3.4028234e38';

export interface AttentionGradientRanges extends AttentionRanges {
  readonly dContext: Range; // [N, H]
  /** Gradient of the scores before their scaling; scratch between the two dispatches. */
  readonly dScores: Range; // [B, A, T, T]
  readonly dQkv: Range; // [N, 3H]
}
