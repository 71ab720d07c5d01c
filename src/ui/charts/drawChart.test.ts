import { describe, expect, it } from 'vitest';
import type { Axis } from './axis.ts';
import type { Chart, ChartLine } from './chart.ts';
import { drawChart } from './drawChart.ts';
import { drawnPoints, windowOf } from './lineShape.ts';
import type { Mark } from './marks.ts';
import { debiasedAverage } from './smoothing.ts';

const SIZE = { width: 800, height: 400 };

const chartOf = (changes: Partial<Chart> = {}): Chart => ({
  title: 'Loss over the steps',
  lines: [
    { name: 'training', kind: 'train', steps: [0, 1, 2, 3], values: [7, 6, 5, 4], average: [7, 6.5, 5.8, 5] },
    { name: 'held out', kind: 'heldOut', steps: [0, 2, 4], values: [7.1, 5.5, 4.9], dots: true },
  ],
  heights: [{ name: 'random', value: 6.93 }],
  notes: [],
  saved: [],
  best: null,
  format: (value) => value.toFixed(2),
  formatTick: String,
  formatStep: String,
  stepName: 'step',
  from: 'anchored',
  logY: false,
  named: true,
  ...changes,
});

const all: Axis = { low: 0, high: 4, log: false };
const draw = (chart: Chart, steps = all, whole = all) => drawChart(chart, steps, whole, SIZE);
const looking = (marks: readonly Mark[], look: string): Mark[] => marks.filter((mark) => mark.look.includes(look));
const wordsOf = (marks: readonly Mark[], look: string) =>
  looking(marks, look).map(({ words, figure }) => (figure === undefined ? words : `${words} ${figure}`));

describe('the loss chart', () => {
  it('has every line faint or bold, a dot for every look, and names at the right ends', () => {
    const { marks } = draw(chartOf());
    expect(looking(marks, 'plot-faint')).toHaveLength(1);
    expect(looking(marks, 'plot-bold')).toHaveLength(1);
    expect(looking(marks, 'plot-dot')).toHaveLength(3);
    expect(wordsOf(marks, 'plot-end')).toEqual(['random 6.93', 'training 5.00', 'held out 4.90']);
  });

  it('keeps its axis while the loss falls within it, and holds every reference height', () => {
    const range = (changes: Partial<Chart>) => {
      const { values } = draw(chartOf(changes));
      return [values.low, values.high];
    };
    const heights = [6.93, 6, 4.24].map((value) => ({ name: `line ${value}`, value }));
    expect(range({})).toEqual([3.5, 7.5]);
    expect(range({ lines: [], heights })).toEqual([4, 7]);
    expect(range({ lines: [], heights: heights.slice(0, 1) })).toEqual([5.5, 7]);
    expect(range({ logY: true })[0]).toBeGreaterThan(0);
  });

  it('fits the heights to the part in sight', () => {
    const part = { low: 2, high: 4, log: false };
    const { values, marks } = draw(chartOf(), part);
    expect(values.low).toBeGreaterThan(3.5);
    expect(values.high).toBeLessThan(6.2);
    // The reference height is out of sight now, and so is its name.
    expect(wordsOf(marks, 'plot-end')).toEqual(['training 5.00', 'held out 4.90']);
  });

  it('leaves out what a logarithmic axis can’t show', () => {
    const lines: ChartLine[] = [{ name: 'training', kind: 'train', steps: [0, 1, 2], values: [7, 0, 5], dots: true }];
    const steps = { low: 1, high: 4, log: true };
    expect(looking(draw(chartOf({ lines }), steps, steps).marks, 'plot-dot')).toHaveLength(2);
    expect(looking(draw(chartOf({ lines, logY: true })).marks, 'plot-dot')).toHaveLength(2);
  });

  it('marks where it was saved and where it was best', () => {
    const { marks } = draw(chartOf({ saved: [0, 2, 9], best: 4 }));
    expect(looking(marks, 'plot-saved').filter(({ tag }) => tag === 'line')).toHaveLength(2);
    expect(wordsOf(marks, 'plot-saved-name')).toEqual(['saved']);
    const [ring] = looking(marks, 'plot-best');
    const [, , last] = looking(marks, 'plot-dot');
    expect([ring?.attributes['cx'], ring?.attributes['cy']]).toEqual([last?.attributes['cx'], last?.attributes['cy']]);
  });

  it('draws nothing but its axes before the first reading', () => {
    const { marks } = draw(chartOf({ lines: [{ name: 'training', kind: 'train', steps: [], values: [] }] }));
    expect(looking(marks, 'plot-line')).toEqual([]);
    expect(wordsOf(marks, 'plot-end')).toEqual(['random 6.93']);
  });
});

describe('a long series', () => {
  const steps = Float64Array.from({ length: 100_000 }, (_, step) => step);

  it('is smoothed before it is thinned: the last average knows every value', () => {
    const values = steps.map((step) => (step % 2 === 0 ? 0 : 2));
    const average = debiasedAverage(values, 0.99);
    const points = drawnPoints(steps, average, { low: 0, high: 1e5, log: false }, false, 700);
    expect(points.length).toBeLessThanOrEqual(700);
    // Thinning first would leave almost only zeros or almost only twos in the average.
    expect(points.at(-1)?.value).toBeCloseTo(1, 1);
  });

  it('shows every reading of a stretch that is close enough, cut at the edges', () => {
    const values = steps.map((step) => 2 * step);
    const points = drawnPoints(steps, values, { low: 500.5, high: 520.25, log: false }, false, 700);
    expect(points).toHaveLength(22);
    expect(points[0]).toEqual({ step: 500.5, value: expect.closeTo(1001, 9) });
    expect(points[1]).toEqual({ step: 501, value: 1002 });
    expect(points.at(-1)).toEqual({ step: 520.25, value: expect.closeTo(1040.5, 9) });
  });

  it('goes through a stretch in which nothing was read', () => {
    const points = drawnPoints([0, 100], [1, 3], { low: 25, high: 50, log: false }, false, 700);
    expect(points).toEqual([
      { step: 25, value: expect.closeTo(1.5, 9) },
      { step: 50, value: expect.closeTo(2, 9) },
    ]);
  });
});

it('windowOf takes one reading more on each side', () => {
  const steps = [0, 10, 20, 30, 40];
  expect(windowOf(steps, 15, 25)).toEqual([1, 4]);
  expect(windowOf(steps, 10, 30)).toEqual([0, 5]);
  expect(windowOf([0, 10, 10], 0, 10)).toEqual([0, 3]);
  expect(windowOf(steps, -5, 99)).toEqual([0, 5]);
  expect(windowOf([], 0, 1)).toEqual([0, 0]);
});
