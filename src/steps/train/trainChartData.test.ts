import { expect, test } from 'vitest';
import { testRunRecord } from '../../../test/runRecord.ts';
import { readSeries } from '../../studio/page/metricsLog.ts';
import { MOST_RUNS } from './sweepState.ts';
import { lossChart } from './trainChartData.ts';

const { log, reference } = testRunRecord('Run');
const one = { name: 'lr 0.003', steps: Float64Array.of(0, 10), losses: Float64Array.of(6, 5) };
const { lines } = lossChart({
  ...{ log, series: readSeries(log), reference, vocabSize: 1024, others: new Array(MOST_RUNS - 1).fill(one) },
  ...{ savedSteps: [], keptStep: null, smoothing: 0.9, logY: false },
});

test('no two runs that are laid over each other look alike', () => {
  const overlays = lines.filter(({ name }) => name === one.name);
  expect(overlays).toHaveLength(MOST_RUNS - 1);
  expect(new Set(overlays.map(({ kind, dash }) => `${kind} ${dash}`)).size).toBe(MOST_RUNS - 1);
});

test('the final evaluation, which reads other masks, is drawn apart and no rise of the held-out loss', () => {
  const [held, final] = ['held out', 'final'].map((wanted) => lines.find(({ name }) => name === wanted));
  expect(Array.from(held?.steps ?? [])).toEqual([0, 100, 200, 300, 400]);
  expect(Array.from(final?.steps ?? [])).toEqual([400]);
  expect(final?.alone).toBe(true);
});
