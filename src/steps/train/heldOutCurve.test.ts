import { expect, test } from 'vitest';
import { heldOutPoint, trainPoint } from '../../../test/points.ts';
import { createMetricsLog, type MetricsLog } from '../../studio/page/metricsLog.ts';
import { fallAtTheEnd, learnsByHeartSince, lowestStep, milestones } from './heldOutCurve.ts';

const reference = {
  ...{ random: 6.93, unigram: 6, neighbours: 4.24, neighbourTop1: 0.22, neighbourTop5: 0.43, tokens: 18_000 },
  shrinkage: { leftAlone: 32, rightAlone: 32, left: 16, right: 8, both: 4, leftShare: 0.5 },
};

/** Looks every 100 steps, and a training loss that falls from the first of them to the last. */
function logOf(losses: readonly number[], top1 = 0.1, trainingFalls = true): MetricsLog {
  const log = createMetricsLog();
  const look = { standardError: 0.05, top1, tokens: 2000 };
  log.heldOut.append(losses.map((loss, index) => heldOutPoint({ ...look, step: 100 * index, loss })));
  const steps = 100 * (losses.length - 1);
  const lossAt = (step: number): number => (trainingFalls ? 7 - (4 * step) / steps : 5);
  log.train.append(Array.from({ length: steps }, (_, step) => trainPoint({ step, loss: lossAt(step) })));
  return log;
}

test('milestones stand at the step where they are first reached, by more than the error', () => {
  // 5.95 is below 6, but not by two standard errors.
  const log = logOf([6.9, 5.95, 5.8, 4.5, 4.1]);
  expect(milestones(log, reference, null)).toEqual([
    { step: 200, words: 'beats unigram' },
    { step: 400, words: 'beats neighbour counts' },
  ]);
  expect(milestones(log, null, null)).toEqual([]);
  expect(milestones(logOf([6.9, 6.5], 0.3), reference, 60)).toEqual([
    { step: 0, words: '25% masked accuracy' },
    { step: 60, words: 'best weights' },
  ]);
});

test('milestones in words, at the evaluations that asked for them', () => {
  const withWords = { ...reference, words: { top1: 0.11, top5: 0.25, words: 1200 } };
  const log = createMetricsLog();
  const shares = [null, 0.1, null, 0.26, 0.28, 0.31];
  log.heldOut.append(
    shares.map((wordTop5, index) =>
      heldOutPoint({ step: 100 * index, loss: 7, top1: 0.1, wordTop5, words: wordTop5 === null ? null : 300 }),
    ),
  );
  // Of 300 words, 0.05 is twice the standard error of a quarter.
  expect(milestones(log, withWords, null)).toEqual([
    { step: 300, words: 'matches neighbour counts on words' },
    { step: 500, words: 'beats neighbour counts on words' },
  ]);
  expect(milestones(log, { ...reference, words: null }, null)).toEqual([]);
});

test('overfitting: the held-out loss rises while the training loss falls', () => {
  const rising = [6.9, 5, 4.5, 4.6, 4.9];
  expect(lowestStep(logOf(rising))).toBe(200);
  expect(learnsByHeartSince(logOf(rising))).toBe(200);
  expect(milestones(logOf(rising), null, null).at(-1)).toEqual({ step: 200, words: 'overfits from here' });
  // Both get worse: that is no overfitting. And a rise within the error is none.
  expect(learnsByHeartSince(logOf(rising, 0.1, false))).toBeNull();
  expect(learnsByHeartSince(logOf([6.9, 5, 4.5, 4.54]))).toBeNull();
  expect(learnsByHeartSince(createMetricsLog())).toBeNull();
});

test('the last look of a run reads other masks, and is not compared with those before', () => {
  const log = logOf([6.9, 5, 4.5]);
  log.heldOut.append([heldOutPoint({ standardError: 0.02, top1: 0.1, step: 200, loss: 5.5, tokens: 19_000 })]);
  expect(learnsByHeartSince(log)).toBeNull();
  expect(lowestStep(log)).toBe(200);
});

test('how much it still fell at the end', () => {
  expect(fallAtTheEnd(logOf([7, 6, 5, 4.5, 4.25]))).toBeCloseTo(0.25, 9);
  expect(fallAtTheEnd(logOf([7, 6]))).toBeNull();
});
