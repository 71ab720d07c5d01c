/** A chart of two lines, for tests. */
import type { Chart } from '../src/charts/chart.ts';

export const chartOf = (changes: Partial<Chart> = {}): Chart => ({
  title: 'Loss by step',
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
