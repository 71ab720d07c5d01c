import { expect, it } from 'vitest';
import { formatProbability } from './format.ts';

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
