import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../core/config.ts';
import { suggestVocabSize } from './suggestSize.ts';

test('what is suggested for the sonnets is the default', () => {
  expect(suggestVocabSize(94_081).vocabSize).toBe(DEFAULT_CONFIG.tokenizer.vocabSize);
});

test('it grows with the text, within bounds', () => {
  expect([1000, 10_000, 1_000_000, 100_000_000].map((bytes) => suggestVocabSize(bytes).vocabSize)).toEqual([
    320, 640, 6656, 32_000,
  ]);
  expect(suggestVocabSize(10 ** 9).vocabSize).toBe(32_000);
});

test('it says why', () => {
  expect(suggestVocabSize(94_000).reason).toContain('2,048. That leaves about 46 bytes');
});
