import { expect, test } from 'vitest';
import { heldOutPoint, trainPoint } from '../../../test/points.ts';
import { testRunRecord } from '../../../test/runRecord.ts';
import type { RunConfig } from '../../core/config.ts';
import { createMetricsLog } from '../../studio/page/metricsLog.ts';
import { adviceOf, nextOf } from './trainAdvice.ts';
import type { RunRecord } from './trainState.ts';

const advise = ({ summary, config, log }: RunRecord, part: Partial<RunConfig> = {}) => {
  if (summary === null) throw new Error('the run has not ended');
  return adviceOf(summary, { ...config, ...part }, log).map(({ change }) => change);
};

const lookAt = (run: RunRecord, loss: number) => ({ ...run.summary?.heldOut, loss }) as never;

test('a run that still falls gets more steps, with their warm-up', () => {
  expect(advise(testRunRecord('Run 1'))).toEqual([
    { part: 'training', values: { steps: 800, warmupSteps: 50 }, label: 'Use 800 steps' },
  ]);
});

test('nothing held out: there is nothing to go by until something is', () => {
  expect(advise(testRunRecord('Run 1', { heldOut: null }))).toMatchObject([{ values: { heldOutShare: 0.1 } }]);
});

test('at word frequencies: the rate, the first weights, or patience', () => {
  const run = testRunRecord('Run 1');
  const stuck = { ...run, summary: run.summary && { ...run.summary, heldOut: lookAt(run, 6.01) } };
  expect(advise(stuck)).toMatchObject([{ part: 'training', values: { steps: 1200 } }]);
  const { model, training } = run.config;
  expect(advise(stuck, { model: { ...model, initialization: 'normal' } })).toMatchObject([
    { values: { initialization: 'auto' } },
  ]);
  expect(advise(stuck, { training: { ...training, learningRate: 0 } })).toMatchObject([
    { values: { learningRate: 0.0015 } },
  ]);
  const rose = { ...run, summary: run.summary && { ...run.summary, heldOut: lookAt(run, 6.5) } };
  expect(advise(rose, { training: { ...training, learningRate: 0.9 } })).toMatchObject([
    { values: { learningRate: 0.3 } },
  ]);
});

test('overfitting: more dropout, and the best weights where the last ones were kept', () => {
  const run = testRunRecord('Run 1');
  const log = createMetricsLog();
  const losses = [6, 4, 4.6];
  log.heldOut.append(losses.map((loss, index) => heldOutPoint({ step: 100 * index, loss, standardError: 0.05 })));
  log.train.append(Array.from({ length: 200 }, (_, step) => trainPoint({ step, loss: 6 - step / 100 })));
  const overfitted = { ...run, log };
  expect(advise(overfitted)).toMatchObject([{ part: 'model', values: { hiddenDropoutProb: 0.4 } }]);
  const last = { ...run.config.training, keepWeights: 'last' as const };
  expect(advise(overfitted, { training: last })).toMatchObject([
    { part: 'model' },
    { values: { keepWeights: 'best' } },
  ]);
});

test('of what could be tried next, what a run of this visit has tried is left out', () => {
  const run = testRunRecord('Run 1');
  expect(nextOf(run, [run])?.change.label).toBe('Use 800 steps');
  const longer = { ...run.config, training: { ...run.config.training, steps: 800, warmupSteps: 50 } };
  expect(nextOf(run, [run, { config: longer }])).toBeNull();
});
