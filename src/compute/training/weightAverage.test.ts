import { expect, test } from 'vitest';
import { AVERAGE_EVERY, WeightAverage } from './weightAverage.ts';

const weights = (value: number) => new Map([['w', Float32Array.of(value, 2 * value)]]);
const first = (average: WeightAverage): number => average.weights.get('w')?.[0] ?? Number.NaN;

test('it is where the weights are on average, the recent ones counting most', () => {
  const average = new WeightAverage(0.99, weights(0));
  let expected = 0;
  for (let step = AVERAGE_EVERY; step <= 1000; step += AVERAGE_EVERY) {
    const decay = Math.min(0.99, (1 + step) / (10 + step)) ** AVERAGE_EVERY;
    expected = decay * expected + (1 - decay) * step;
    average.add(weights(step), step);
  }
  expect(first(average)).toBeCloseTo(expected, 2);
  // A ramp is followed by about 1 / (1 - 0.99) steps.
  expect(first(average)).toBeGreaterThan(1000 - 120);
  expect(first(average)).toBeLessThan(1000 - 80);
});

test('in the beginning the first weights are forgotten soon', () => {
  const average = new WeightAverage(0.9999, weights(100));
  average.add(weights(0), 10);
  expect(first(average)).toBeLessThan(1);
});

test('it owns its numbers, and goes on from a checkpoint with the same bits', () => {
  const start = weights(1);
  const one = new WeightAverage(0.9, start);
  one.add(weights(5), 10);
  expect(start.get('w')?.[0]).toBe(1);
  const other = new WeightAverage(0.9, one.weights);
  one.add(weights(7), 20);
  expect(first(other)).not.toBe(first(one));
  other.add(weights(7), 20);
  expect(other.weights).toEqual(one.weights);
});
