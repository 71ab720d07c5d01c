import { describe, expect, it } from 'vitest';
import { debiasedAverage, meanOfLast } from './smoothing.ts';

describe('debiasedAverage', () => {
  it('leaves a constant series constant from its first value on', () => {
    for (const value of debiasedAverage(new Array(50).fill(6.93), 0.99)) expect(value).toBeCloseTo(6.93, 12);
  });

  it('gives the series back at weight 0', () => {
    expect([...debiasedAverage([3, 1, 2], 0)]).toEqual([3, 1, 2]);
  });

  it('weights the past as the definition says', () => {
    // Weights of three values at 0.5 are 1/8, 1/4, 1/2, normalised by 7/8.
    const averages = debiasedAverage([1, 2, 4], 0.5);
    expect(averages[2]).toBeCloseTo((1 / 8 + 2 / 4 + 4 / 2) / (7 / 8), 12);
  });

  it('passes over values that are not finite', () => {
    const averages = debiasedAverage([Number.NaN, 2, Number.POSITIVE_INFINITY, 2], 0.9);
    expect(averages[0]).toBeNaN();
    expect([...averages.slice(1)]).toEqual([2, 2, 2].map((value) => expect.closeTo(value, 12)));
  });
});

describe('meanOfLast', () => {
  it('reads the end of the series only', () => {
    expect(meanOfLast([100, 1, 2, 3], 3)).toBe(2);
  });

  it('takes what there is', () => {
    expect(meanOfLast([4], 10)).toBe(4);
    expect(meanOfLast([], 10)).toBeNaN();
  });
});
