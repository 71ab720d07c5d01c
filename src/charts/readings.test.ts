import { describe, expect, it } from 'vitest';
import type { Chart } from './chart.ts';
import { chartWords, readAt, readingWords } from './readings.ts';

const chart: Chart = {
  title: 'Loss by step',
  lines: [
    { name: 'training', kind: 'train', steps: [0, 1, 2, 3], values: [7, 6, 5, 4], average: [7, 6.5, 5.8, 5] },
    { name: 'held out', kind: 'heldOut', steps: [0, 2], values: [7.1, 5.5], dots: true },
    { name: 'Run 1', kind: 'other', steps: [], values: [] },
  ],
  heights: [{ name: 'random', value: 6.93 }],
  notes: [{ step: 2, words: 'beats unigram' }],
  ...{ saved: [], best: null, format: (value) => value.toFixed(2), formatTick: String, formatStep: String },
  ...{ stepName: 'step', from: 'anchored', logY: false, named: true },
};

describe('reading', () => {
  it('reads every line at a step, or at its own nearest one', () => {
    expect(readAt(chart, 3).map(({ step, value, average }) => [step, value, average])).toEqual([
      [3, 4, 5],
      [2, 5.5, null],
    ]);
    expect(readingWords(chart, 3)).toBe('step 3: training 4.00, smoothed 5.00, held out 5.50 at step 2');
  });

  it('tells a reading that stands alone at its own step and nowhere else', () => {
    const alone = { name: 'final', kind: 'heldOut', steps: [3], values: [5.2], dots: true, alone: true } as const;
    const lines = [...chart.lines, alone];
    expect(readAt({ ...chart, lines }, 2).map(({ line }) => line.name)).not.toContain('final');
    expect(readingWords({ ...chart, lines }, 3)).toContain('final 5.20');
  });

  it('says in words what a chart shows', () => {
    expect(chartWords(chart)).toBe(
      'Loss by step: training from 7.00 at step 0 to 5.00 at step 3; held out from 7.10 at step 0 to 5.50 at step 2. ' +
        'Baselines: random 6.93. At step 2: beats unigram.',
    );
    expect(chartWords({ ...chart, lines: [] })).toBe('Loss by step: no data yet.');
  });
});
