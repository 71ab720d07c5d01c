import { expect, test } from 'vitest';
import { configForPreset } from '../core/config.ts';
import { describeError } from '../core/errorSentences.ts';
import { largestBuffer, whatToLower } from './cost.ts';

const { model } = configForPreset('small');
const BATCH = { batchSize: 16, seqLength: 128, maskedRows: 320 };

test.each([
  ['weights', { ...model, numHiddenLayers: 64, hiddenSize: 2048 }, BATCH, /hidden size or the number of layers/],
  ['activations', model, { ...BATCH, batchSize: 4096, maskedRows: 10 }, /batch size or the sequence length/],
  [
    'attention',
    { ...model, numAttentionHeads: 64 },
    { batchSize: 8, seqLength: 4096, maskedRows: 10 },
    /sequence length or/,
  ],
  ['logits', model, { batchSize: 64, seqLength: 128, maskedRows: 60_000 }, /batch size or the vocabulary size/],
] as const)('where %s are the largest buffer, what makes them smaller is named', (_, sizes, batch, words) => {
  expect(largestBuffer(sizes, 20_000, batch).lower).toMatch(words);
});

test('of a whole run, weights or batch are named', () => {
  expect(whatToLower({ ...model, numHiddenLayers: 64 }, 20_000, { batchSize: 1, seqLength: 8, maskedRows: 2 })).toMatch(
    /layers/,
  );
  expect(whatToLower(model, 1000, { ...BATCH, batchSize: 1024 })).toMatch(/batch size/);
});

test('the sentence says which device, how much, and what to lower', () => {
  const details = {
    sizeBytes: 3e9,
    maximumBytes: 2 ** 31,
    device: 'nvidia ampere',
    lower: 'the batch size',
    inOnePiece: true,
  };
  expect(describeError({ code: 'modelTooLarge', message: '', details })).toEqual({
    what: 'This model would need about 2861 MB in one buffer, but nvidia ampere offers only 2048 MB.',
    remedy: 'Lower the batch size.',
  });
});
