/** What a row of logits says: its most likely tokens, and how one of them does. */
import type { TokenScore as TargetScore } from '../../text/batches/heldOutFigures.ts';

export interface TokenScore {
  readonly token: number;
  /** Softmax probability. */
  readonly score: number;
}

/**
 * The k highest logits with their softmax probabilities, highest first, ties by smaller id. On the CPU, in float64: a row is
 * small, and the order of ties is the same on every backend.
 */
export function topTokens(logits: Float32Array, k: number): TokenScore[] {
  const best: number[] = [];
  const logitOf = (token: number): number => logits[token] ?? Number.NEGATIVE_INFINITY;
  for (let token = 0; token < logits.length; token++) {
    if (best.length === k && logitOf(token) <= logitOf(best[k - 1] ?? 0)) continue;
    const place = best.findIndex((other) => logitOf(other) < logitOf(token));
    best.splice(place < 0 ? best.length : place, 0, token);
    if (best.length > k) best.pop();
  }
  // The highest logit is subtracted first, so that no exponential overflows.
  const highest = logitOf(best[0] ?? 0);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  return best.map((token) => ({ token, score: Math.exp(logitOf(token) - highest) / sum }));
}

/** A row of logits [M, V]. */
export function rowOf(logits: Float32Array, row: number, vocabSize: number): Float32Array {
  return logits.subarray(row * vocabSize, (row + 1) * vocabSize);
}

/** How a token does in a row of logits, in float64. */
export function scoreToken(logits: Float32Array, token: number): TargetScore {
  const own = logits[token] ?? Number.NaN;
  const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let [sum, rank] = [0, 0];
  for (const logit of logits) {
    sum += Math.exp(logit - highest);
    if (logit > own) rank++;
  }
  return { loss: Math.log(sum) + highest - own, rank, confidence: 1 / sum };
}
