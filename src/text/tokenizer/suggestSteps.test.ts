import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../core/config.ts';
import { suggestSteps } from './suggestSize.ts';

const english = (characters: number) => ({ characters, wideCharacters: 0, frequentCharacters: 0 });

test('the sonnets get the default; longer texts more, within bounds', () => {
  expect(suggestSteps(english(94_041))).toBe(DEFAULT_CONFIG.training.steps);
  expect([1000, 10_000, 1_000_000, 10 ** 9].map((characters) => suggestSteps(english(characters)))).toEqual([
    500, 500, 4900, 6000,
  ]);
});
