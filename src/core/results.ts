/** What training and testing report, as plain data. */

export interface TrainPoint {
  readonly step: number;
  /** Mean negative log-likelihood of the chosen tokens, nats. */
  readonly loss: number;
  /** Share of the chosen tokens predicted right. */
  readonly maskedAccuracy: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Positions that went through the model, padding not counted. */
  readonly tokensPerSecond: number;
  readonly elapsedMs: number;
}

export interface HeldOutPoint {
  readonly step: number;
  /** Nats a masked token, on fixed masks. */
  readonly loss: number;
  /** Standard error of `loss` over the masked tokens: how far other masks on the same documents would move it. */
  readonly standardError: number;
  /** Standard error of `loss` over the documents: how far other documents would move it. NaN with fewer than two. */
  readonly documentError: number;
  readonly top1: number;
  readonly top5: number;
  /** Masked tokens read. */
  readonly tokens: number;
  readonly bitsPerByte: number;
  /** Expected calibration error of the likeliest token's probability, 0 to 1. */
  readonly calibrationError: number;
  /** Share of the words whose pieces, all hidden at once, were all predicted right; null in the cheap passes while training. */
  readonly wordAccuracy: number | null;
  readonly draws: number;
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
