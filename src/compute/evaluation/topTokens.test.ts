import { describe, expect, it } from 'vitest';
import { topTokens } from './topTokens.ts';

describe('topTokens', () => {
  it('gives the highest logits first, with probabilities over all of them', () => {
    const logits = Float32Array.of(Math.log(1), Math.log(4), Math.log(2), Math.log(3));
    const top = topTokens(logits, 3);
    expect(top.map(({ token }) => token)).toEqual([1, 3, 2]);
    for (const [rank, expected] of [0.4, 0.3, 0.2].entries()) expect(top[rank]?.score).toBeCloseTo(expected, 6);
  });

  it('breaks ties by the smaller id', () => {
    expect(topTokens(Float32Array.of(0, 2, 1, 2, 2), 2).map(({ token }) => token)).toEqual([1, 3]);
    expect(topTokens(Float32Array.of(1, 1, 1), 2).map(({ token }) => token)).toEqual([0, 1]);
  });

  it('does not overflow, and gives the whole vocabulary if asked for more', () => {
    const top = topTokens(Float32Array.of(-1e4, 1e4, 1e4), 9);
    expect(top.map(({ token }) => token)).toEqual([1, 2, 0]);
    expect(top.map(({ score }) => score)).toEqual([0.5, 0.5, 0]);
  });
});
