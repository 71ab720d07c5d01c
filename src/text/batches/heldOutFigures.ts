/** What the scores of single masked tokens say together. */
import type { EncodedDocuments } from './encodeDocuments.ts';
import { lastAtOrBefore } from './rowLayout.ts';

/** What the model made of one masked token. */
export interface TokenScore {
  /** Negative log-likelihood of the true token, nats. */
  readonly loss: number;
  /** How many tokens have a higher logit than the true one. */
  readonly rank: number;
  /** Probability of the likeliest token. */
  readonly confidence: number;
}

/** Whether the likeliest token is the true one. A loss that is not a number has rank 0, and is no hit all the same. */
export function isHit({ loss, rank }: TokenScore, among: number): boolean {
  return rank < among && !Number.isNaN(loss);
}

const BINS = 15;

/**
 * Expected calibration error: tokens are sorted by the model's confidence into 15 bins of equal width, and the distance
 * between mean confidence and share of hits in each is averaged over the tokens. 0: when the model says 70%, it is right in
 * 70% of the cases. NaN without tokens.
 * Source: Guo et al. (2017), "On calibration of modern neural networks", equation 3.
 * @example confidences 0.8 and 0.82 (one bin), one of them right: |0.81 − 0.5| = 0.31
 */
export function calibrationError(scores: readonly TokenScore[]): number {
  const bins = Array.from({ length: BINS }, () => ({ confidence: 0, hits: 0 }));
  for (const score of scores) {
    const bin = bins[Math.min(BINS - 1, Math.floor(score.confidence * BINS))];
    if (bin === undefined) return Number.NaN;
    bin.confidence += score.confidence;
    if (isHit(score, 1)) bin.hits++;
  }
  return bins.reduce((sum, { confidence, hits }) => sum + Math.abs(confidence - hits), 0) / scores.length;
}

/**
 * Standard error of a mean loss over documents: how far it would move with other held-out documents of the same kind. Draws
 * of masks repeat the same documents, so the error over tokens says nothing about that.
 * NaN with fewer than two documents.
 * Source: the linearised variance of a ratio, Cochran (1977), "Sampling techniques", section 2.11.
 * @param masked the place of each token in `EncodedDocuments.ids`
 */
export function documentError(
  { documentStarts }: EncodedDocuments,
  masked: readonly number[],
  losses: readonly number[],
): number {
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const deviations = new Map<number, number>();
  for (const [at, index] of masked.entries()) {
    const document = lastAtOrBefore(documentStarts, index);
    deviations.set(document, (deviations.get(document) ?? 0) + (losses[at] ?? Number.NaN) - mean);
  }
  const count = deviations.size;
  if (count < 2) return Number.NaN;
  const squares = [...deviations.values()].reduce((sum, deviation) => sum + deviation ** 2, 0);
  return Math.sqrt((count / (count - 1)) * squares) / losses.length;
}

/**
 * Words whose pieces were all hidden at once and all predicted right.
 * @param masked places of the hidden tokens, ascending within a draw; a word's pieces follow each other
 */
export function wholeWords(
  { wordStarts }: EncodedDocuments,
  masked: readonly number[],
  hits: readonly boolean[],
): { words: number; right: number } {
  let words = 0;
  let right = 0;
  let isRight = false;
  masked.forEach((index, at) => {
    const beginsWord = wordStarts[index] === 1 || words === 0;
    if (beginsWord) {
      if (isRight) right++;
      words++;
      isRight = true;
    }
    isRight = isRight && hits[at] === true;
  });
  return { words, right: right + (isRight ? 1 : 0) };
}
