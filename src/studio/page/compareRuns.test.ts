import { expect, test } from 'vitest';
import { heldOutPoint } from '../../../test/points.ts';
import { configForPreset } from '../../core/config.ts';
import type { RunRecord } from '../../steps/train/trainState.ts';
import { compareRuns } from './compareRuns.ts';
import { differingFields } from './differingFields.ts';
import { createMetricsLog } from './metricsLog.ts';

const config = configForPreset('tiny');
const reference = {
  random: 6.24,
  unigram: 5.33,
  neighbours: 3.19,
  neighbourTop1: 0.3,
  neighbourTop5: 0.56,
  tokens: 18_000,
  shrinkage: { leftAlone: 32, rightAlone: 32, left: 16, right: 8, both: 4, leftShare: 0.5 },
};

function ended(name: string, loss: number, neighbours = 3.19): RunRecord {
  const heldOut = heldOutPoint({ step: 9, loss, standardError: 0.02, top1: 0.37, top5: 0.6 });
  const lines = { ...reference, neighbours };
  const summary = {
    ...{ steps: 9, seconds: 1, backend: 'wasm' as const, adapter: '', tokensPerSecond: 1, trainLoss: 2 },
    ...{ firstHeldOutLoss: 5.4, weightsStep: 9, endedEarly: false, vocabSize: 512, parameters: 1, dataWaitShare: 0 },
    heldOut,
    reference: lines,
  };
  return { id: 1, storedId: null, name, config, corpus: null, log: createMetricsLog(), reference: lines, summary };
}

test('the fields that differ, in the order of the steps, without those that change nothing', () => {
  const other = {
    ...config,
    training: { ...config.training, learningRate: 0.01, logEvery: 3 },
    pipeline: { ...config.pipeline, maskingRate: 0.2 },
  };
  expect(differingFields([config, other, config])).toEqual(['pipeline.maskingRate', 'training.learningRate']);
  expect(differingFields([config])).toEqual([]);
});

test('the best run, and by how much', () => {
  const verdict = compareRuns([ended('Run 1', 2.9), ended('Run 2', 2.7), ended('Run 3', 3.1)]);
  expect(verdict).toContain('Run 2 has the lowest held-out loss, 2.70');
  expect(verdict).toContain('0.20 nats better than Run 1, the runner-up');
});

test('a difference within the error is not called one', () => {
  expect(compareRuns([ended('Run 1', 2.72), ended('Run 2', 2.7)])).toContain('only 0.02 nats behind');
});

test('runs with another vocabulary compare by the distance from their own line', () => {
  const verdict = compareRuns([ended('Run 1', 3.9, 4.24), ended('Run 2', 2.7, 3.19)]);
  expect(verdict).toContain('Run 2 has the held-out loss furthest below its own neighbour counts, by 0.49 nats');
});

test('one run compares with nothing', () => {
  expect(compareRuns([ended('Run 1', 2.7), { ...ended('Run 2', 2.9), summary: null }])).toBeNull();
});
