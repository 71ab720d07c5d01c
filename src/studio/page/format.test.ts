import { expect, it } from 'vitest';
import { formatLarge, formatProbability } from './format.ts';

it.each([
  [0, '0%'],
  [1, '100%'],
  [0.312, '31%'],
  [0.0312, '3.1%'],
  [0.0000044, '0.00044%'],
  [3.24e-14, '3.2 × 10⁻¹⁴'],
  [9.96e-8, '1.0 × 10⁻⁷'],
])('a probability of %s is %s', (probability, shown) => {
  expect(formatProbability(probability)).toBe(shown);
});

it.each([
  [9999, '9,999'],
  [538_123, '538,000'],
  [999_499, '999,000'],
  [999_600, '1 million'],
  [1_840_000, '1.84 million'],
  [3.2e9, '3.2 billion'],
])('%s parameters are %s', (count, shown) => {
  expect(formatLarge(count)).toBe(shown);
});
