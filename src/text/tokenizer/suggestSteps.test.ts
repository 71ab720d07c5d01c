import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../core/config.ts';
import { suggestSettings, suggestSteps } from './suggestSize.ts';

const english = (characters: number) => ({ characters, wideCharacters: 0, frequentCharacters: 0 });

test('the sonnets get the default; longer texts more, within bounds', () => {
  expect(suggestSteps(english(94_041))).toBe(DEFAULT_CONFIG.training.steps);
  expect([1000, 10_000, 1_000_000, 10 ** 9].map((characters) => suggestSteps(english(characters)))).toEqual([
    500, 500, 4900, 6000,
  ]);
});

test('long texts are trained with less against overfitting', () => {
  expect(suggestSettings(english(94_041))).toEqual({ 'tokenizer.vocabSize': 2048 });
  expect(suggestSettings(english(1_000_000))).toEqual({
    'tokenizer.vocabSize': 6656,
    'model.hiddenDropoutProb': 0.1,
    'pipeline.neighbourTargets': 0,
    'training.weightDecay': 0.1,
  });
});
