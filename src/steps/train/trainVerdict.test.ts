import { expect, test } from 'vitest';
import { heldOutPoint } from '../../../test/points.ts';
import type { RunSummary } from './trainCommands.ts';
import { verdictOf } from './trainVerdict.ts';

const reference = {
  random: 6.93,
  unigram: 6,
  neighbours: 4.24,
  neighbourTop1: 0.22,
  neighbourTop5: 0.43,
  tokens: 18_000,
  shrinkage: { leftAlone: 32, rightAlone: 32, left: 16, right: 8, both: 4, leftShare: 0.5 },
};

const ended = (loss: number, changes: Partial<RunSummary> = {}, overfitsSince: number | null = null): string => {
  const heldOut = heldOutPoint({ step: 400, loss, standardError: 0.018, top1: 0.25, top5: 0.5 });
  const summary: RunSummary = {
    steps: 400,
    seconds: 60,
    backend: 'wasm',
    adapter: 'wasm',
    tokensPerSecond: 5000,
    dataWaitShare: 0,
    trainLoss: loss - 0.2,
    firstHeldOutLoss: 6.1,
    weightsStep: 400,
    endedEarly: false,
    heldOut,
    reference,
    vocabSize: 1024,
    parameters: 554_240,
  };
  return verdictOf({ ...summary, ...changes }, overfitsSince).join(' ');
};

test('below the neighbour counts, by more than the error', () => {
  const verdict = ended(3.88);
  expect(verdict).toContain('fell by 2.22 nats, from 6.10 to 3.88.');
  expect(verdict).toContain('2.12 below token frequencies (unigram, 6.00)');
  expect(verdict).toContain('0.36 below neighbour counts (4.24)');
  expect(verdict).toContain('Its masked accuracy is 25.0%, that of neighbour counts 22.0%.');
});

test('with words asked for, they are what is compared', () => {
  const words = { top1: 0.114, top5: 0.246, words: 1200 };
  const asked = (wordTop5: number): string =>
    ended(3.88, {
      heldOut: heldOutPoint({ step: 400, loss: 3.88, standardError: 0.018, wordTop1: 0.127, wordTop5, words: 1200 }),
      reference: { ...reference, words },
    });
  expect(asked(0.28)).toContain(
    'The model ranks more of the 1,200 held-out words among its top 5 than neighbour counts do: its word accuracy is 12.7% (top 5: 28.0%), against 11.4% (24.6%).',
  );
  expect(asked(0.26)).toContain('The model ranks as many of the 1,200 held-out words among its top 5 as neighbour');
  expect(asked(0.2)).toContain('The model ranks fewer of the 1,200 held-out words among its top 5 than neighbour');
  expect(asked(0.2)).not.toContain('masked accuracy');
});

test('between token frequencies and the table, and within the error of the table', () => {
  expect(ended(4.8)).toContain('would do just as well');
  expect(ended(4.22)).toContain('would do just as well');
});

test('on the plateau of token frequencies', () => {
  expect(ended(5.99)).toContain('no better than token frequencies alone (unigram, 6.00)');
  expect(ended(5.99)).not.toContain('neighbour counts');
  expect(ended(6.1)).toContain('the held-out loss is where it was, 6.10.');
  expect(ended(6.1, { steps: 1 })).toContain('After 1 step the held-out loss');
});

test('overfitted', () => {
  expect(ended(4.5, { trainLoss: 2 })).toContain('overfit');
  expect(ended(4.5)).not.toContain('overfit');
});

test('nothing held out', () => {
  const verdict = ended(4, { heldOut: null, firstHeldOutLoss: null, reference: null });
  expect(verdict).toBe(
    'After 400 steps the training loss is 3.80. Nothing was held out, so performance on unseen text was not measured.',
  );
});

test('overfitting is dated, where the curve shows since when', () => {
  expect(ended(4.5, {}, 250)).toContain('After step 250 the held-out loss rose while the training loss fell');
  expect(ended(4.5, { trainLoss: 3 })).toContain('is 1.50 nats above the training loss');
  expect(ended(4.5)).not.toContain('overfit');
});
