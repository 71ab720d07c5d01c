import { expect, test } from 'vitest';
import { learningRateAt } from './learningRate.ts';

const config = { steps: 10, warmupSteps: 3, learningRate: 0.01 } as const;
const ratesOf = (schedule: 'oneCycle' | 'linear' | 'cosine' | 'constant'): number[] =>
  Array.from({ length: 10 }, (_, step) => learningRateAt({ ...config, schedule }, step));

test('one-cycle is torch’s OneCycleLR with max_lr 0.01, total_steps 10, pct_start 0.3, cycle_momentum off', () => {
  // Printed by torch 2.13.0.
  const torch = [
    0.0003999999999999993, 0.0052, 0.01, 0.009504846320134737, 0.008117456539497631, 0.0061126202193628925,
    0.003887419780637108, 0.00188258346050237, 0.0004951936798652628, 4e-8,
  ];
  for (const [step, rate] of ratesOf('oneCycle').entries()) expect(rate).toBeCloseTo(torch[step] ?? Number.NaN, 12);
});

test('one-cycle without a warm-up begins at its peak', () => {
  expect(learningRateAt({ ...config, warmupSteps: 0, schedule: 'oneCycle' }, 0)).toBe(0.01);
});

test('the others rise in a straight line and fall, or do not', () => {
  expect(ratesOf('linear').slice(0, 4)).toEqual([0.01 / 3, 0.02 / 3, 0.01, 0.01]);
  expect(ratesOf('linear')[9]).toBeCloseTo(0.01 / 7, 12);
  expect(ratesOf('cosine')[3]).toBe(0.01);
  expect(ratesOf('cosine')[9]).toBeCloseTo(0.005 * (1 + Math.cos((6 / 7) * Math.PI)), 12);
  expect(ratesOf('constant').slice(2)).toEqual(new Array(8).fill(0.01));
});
