import { describe, expect, it } from 'vitest';
import { chartOf } from '../../test/chart.ts';
import type { Chart, ChartLine } from './chart.ts';
import { chartRows, heightRange, windowOf } from './rows.ts';
import { debiasedAverage } from './smoothing.ts';
import type { Axis } from './zoom.ts';

const all: Axis = { low: 0, high: 4, log: false };

const train = (steps: ArrayLike<number>, values: ArrayLike<number>, average?: ArrayLike<number>): ChartLine => ({
  ...{ name: 'training', kind: 'train', steps, values },
  ...(average && { average }),
});

describe('rows', () => {
  it('hold every line at each step that it has a reading at', () => {
    expect(chartRows(chartOf(), all, 700)).toEqual([
      { step: 0, value0: 7, average0: 7, value1: 7.1 },
      { step: 1, value0: 6, average0: 6.5 },
      { step: 2, value0: 5, average0: 5.8, value1: 5.5 },
      { step: 3, value0: 4, average0: 5 },
      { step: 4, value1: 4.9 },
    ]);
  });

  it('keep two readings of a line at one step apart', () => {
    const lines = [train([0, 9, 9], [3, 2, 1])];
    expect(chartRows(chartOf({ lines }), { low: 0, high: 9, log: false }, 700)).toEqual([
      { step: 0, value0: 3 },
      { step: 9, value0: 2 },
      { step: 9, value0: 1 },
    ]);
  });

  it('leave out what a logarithmic axis can’t show, and what is no number', () => {
    const lines = [train([0, 1, 2, 3], [7, 0, 5, Number.NaN])];
    const steps = (changes: Partial<Chart>, axis: Axis) =>
      chartRows(chartOf({ lines, ...changes }), axis, 700).map(({ step }) => step);
    expect(steps({}, { low: 1, high: 4, log: true })).toEqual([1, 2]);
    expect(steps({ logY: true }, all)).toEqual([0, 2]);
  });

  it('of a long series are few, smoothed before they are thinned', () => {
    const steps = Float64Array.from({ length: 100_000 }, (_, step) => step);
    const values = steps.map((step) => (step % 2 === 0 ? 0 : 2));
    const lines = [train(steps, values, debiasedAverage(values, 0.99))];
    const rows = chartRows(chartOf({ lines }), { low: 0, high: 1e5, log: false }, 2000);
    expect(rows.length).toBeLessThanOrEqual(500);
    // Thinning first would leave almost only zeros or almost only twos in the average.
    expect(rows.at(-1)?.['average0']).toBeCloseTo(1, 1);
  });

  it('have every reading of a stretch that is close enough, and one more on each side', () => {
    const steps = Float64Array.from({ length: 100_000 }, (_, step) => step);
    const rows = chartRows(chartOf({ lines: [train(steps, steps)] }), { low: 500.5, high: 520.25, log: false }, 700);
    expect(rows.map(({ step }) => step)).toEqual(Array.from({ length: 22 }, (_, index) => 500 + index));
  });
});

describe('the range of the heights', () => {
  const range = (changes: Partial<Chart>, steps = all, isWhole = true) => {
    const chart = chartOf(changes);
    const { low, high } = heightRange(chart, chartRows(chart, steps, 700), steps, isWhole);
    return [low, high];
  };

  it('stays while the loss falls within it, and holds every reference line', () => {
    const heights = [6.93, 6, 4.24].map((value) => ({ name: `line ${value}`, value }));
    expect(range({})).toEqual([3.5, 7.5]);
    expect(range({ lines: [], heights })).toEqual([4, 7]);
    expect(range({ lines: [], heights: heights.slice(0, 1) })).toEqual([5.5, 7]);
    expect(range({ logY: true })[0]).toBeGreaterThan(0);
  });

  it('fits the part in sight', () => {
    const [low = 0, high = 9] = range({}, { low: 2, high: 4, log: false }, false);
    expect(low).toBeGreaterThan(3.5);
    expect(high).toBeLessThan(6.2);
  });

  it('is that of the readings on both sides where the stretch has none', () => {
    const steps = { low: 25, high: 50, log: false };
    expect(range({ lines: [train([0, 100], [1, 3])], heights: [] }, steps, false)).toEqual([0.88, 3.12]);
  });

  it('begins at 0 where that is asked for', () => {
    expect(range({ from: 'zero', lines: [train([0, 1], [1, 2])], heights: [] })).toEqual([0, 2.12]);
    expect(range({ from: 'zero', lines: [], heights: [] })).toEqual([0, 1]);
    expect(range({ from: 'zero', lines: [train([0, 1], [1, 2])], heights: [{ name: 'table', value: 4 }] })).toEqual([
      0, 4.24,
    ]);
  });
});

it('windowOf takes one reading more on each side', () => {
  const steps = [0, 10, 20, 30, 40];
  const of = (low: number, high: number, own: ArrayLike<number> = steps) => windowOf(own, { low, high });
  expect(of(15, 25)).toEqual([1, 4]);
  expect(of(10, 30)).toEqual([0, 5]);
  expect(of(0, 10, [0, 10, 10])).toEqual([0, 3]);
  expect(of(-5, 99)).toEqual([0, 5]);
  expect(of(0, 1, [])).toEqual([0, 0]);
});
