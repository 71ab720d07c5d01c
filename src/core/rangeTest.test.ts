import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from './config.ts';
import { learningRateAt } from './learningRate.ts';
import { addReading, isOver, RANGE_STEPS, type RangePoint, rangeTraining, readRange } from './rangeTest.ts';

const training = rangeTraining(DEFAULT_CONFIG.training);
const rates = Array.from({ length: RANGE_STEPS }, (_, step) => learningRateAt(training, step));

/** Reads a made-up loss at every rate. */
function run(lossOf: (rate: number) => number): RangePoint[] {
  let points: RangePoint[] = [];
  for (const rate of rates) {
    points = addReading(points, rate, lossOf(rate));
    if (isOver(points)) break;
  }
  return points;
}

test('the rate grows evenly on a logarithmic scale, from 1e-5 to 1', () => {
  expect(rates[0]).toBeCloseTo(1e-5, 12);
  expect(rates.at(-1)).toBeCloseTo(1, 12);
  const ratio = (rates[1] ?? 0) / (rates[0] ?? 1);
  for (const [step, rate] of rates.entries()) if (step > 0) expect(rate / (rates[step - 1] ?? 0)).toBeCloseTo(ratio, 9);
});

test('the suggestion lies below the rate where the loss turns', () => {
  // Falls until 0.01, then rises fast.
  const points = run((rate) => (rate < 0.01 ? 5 + Math.log10(1e-5 / rate) / 3 : 4 + 2 * Math.log10(rate / 0.01)));
  const found = readRange(points);
  expect(found?.lowest).toBeGreaterThan(0.008);
  expect(found?.lowest).toBeLessThan(0.03);
  expect(found?.suggested).toBeCloseTo((found?.lowest ?? 0) / 3, 3);
  expect(points.length).toBeLessThan(RANGE_STEPS);
});

test('a loss that is not a number is left out', () => {
  expect(
    addReading(
      run(() => 5),
      1,
      Number.NaN,
    ),
  ).toHaveLength(RANGE_STEPS);
  expect(readRange([])).toBeNull();
});
