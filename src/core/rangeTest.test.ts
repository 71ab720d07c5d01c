import { describe, expect, test } from 'vitest';
import { DEFAULT_CONFIG } from './config.ts';
import { learningRateAt } from './learningRate.ts';
import {
  addReading,
  bestTrial,
  isOver,
  RANGE_STEPS,
  type RangePoint,
  rangeTraining,
  ratesBelow,
  readTrial,
  TRIAL_STEPS,
  turnOf,
} from './rangeTest.ts';

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

test('the turn is where the loss rises for good; noise before it is none', () => {
  // Falls until 0.01, then rises fast; every fourth reading is an odd batch.
  let step = 0;
  const noise = (): number => (step++ % 4 === 0 ? 0.3 : 0);
  const points = run(
    (rate) => (rate < 0.01 ? 5 + Math.log10(1e-5 / rate) / 3 : 4 + 2 * Math.log10(rate / 0.01)) + noise(),
  );
  const turn = turnOf(points) ?? 0;
  expect(turn).toBeGreaterThan(0.01);
  expect(turn).toBeLessThan(0.03);
  expect(ratesBelow(0.0135)).toEqual([0.0045, 0.0015, 0.0005]);
  expect(points.length).toBeLessThan(RANGE_STEPS);
});

test('a curve that never rises has no turn', () => {
  expect(turnOf(run((rate) => 5 - rate))).toBeNull();
});

describe('of the rates that were tried out', () => {
  // Width 128 on the sonnets: 400 steps ended at 5.46, 5.20 and 5.56.
  const measured = [
    { learningRate: 0.0045, first: 6.45, last: 6.3 },
    { learningRate: 0.0015, first: 6.45, last: 6.21 },
    { learningRate: 0.0005, first: 6.45, last: 6.27 },
  ];

  test('the one that ended lowest is recommended', () => {
    expect(bestTrial(measured)).toBe(0.0015);
  });

  test('a lower one that is level is', () => {
    expect(bestTrial(measured.with(2, { learningRate: 0.0005, first: 6.45, last: 6.22 }))).toBe(0.0005);
  });

  test('none is that did not lower the loss, or ended early', () => {
    expect(bestTrial(measured.map((trial) => ({ ...trial, last: 6.45 })))).toBeNull();
    expect(bestTrial([readTrial(0.1, [6.4, 6.5, 9])])).toBeNull();
  });

  test('a trial is read at its first and its last steps', () => {
    const losses = Array.from({ length: TRIAL_STEPS }, (_, step) => (step < 30 ? 7 : 6));
    expect(readTrial(0.01, losses)).toEqual({ learningRate: 0.01, first: 7, last: 6 });
  });
});

test('a loss that is not a number is left out', () => {
  expect(
    addReading(
      run(() => 5),
      1,
      Number.NaN,
    ),
  ).toHaveLength(RANGE_STEPS);
});
