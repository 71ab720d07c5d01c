/** The most likely tokens of one row of logits. */

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
