import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../core/config.ts';
import { countTexts } from '../textCounts.ts';
import { suggestVocabSize } from './suggestSize.ts';

const english = (characters: number) => ({ characters, wideCharacters: 0, frequentCharacters: 0 });

test('what is suggested for the sonnets is the default', () => {
  expect(suggestVocabSize(english(94_041)).vocabSize).toBe(DEFAULT_CONFIG.tokenizer.vocabSize);
});

test('it grows with the text, within bounds', () => {
  const sizes = [1000, 10_000, 1_000_000, 100_000_000].map(
    (characters) => suggestVocabSize(english(characters)).vocabSize,
  );
  expect(sizes).toEqual([320, 640, 6656, 32_000]);
  expect(suggestVocabSize(english(10 ** 9)).vocabSize).toBe(32_000);
});

test('it reads characters and not bytes: an alphabet of two bytes a letter adds its letters, rounded, and nothing else', () => {
  const latin = 'the quick brown fox jumps over the lazy dog and the evening came down\n'.repeat(400);
  const greek = latin.replace(/[a-z]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x350));
  const [first, second] = [latin, greek].map((text) => suggestVocabSize(countTexts([text])).vocabSize);
  expect((second ?? 0) - (first ?? 0)).toBe(64);
});

test('a text of 10,000 Chinese or Japanese characters gets room for them and for words', () => {
  // 500 distinct characters, 20 times each.
  const text = Array.from({ length: 10_000 }, (_, at) => String.fromCharCode(0x4e00 + ((at * 7) % 500))).join('');
  expect(suggestVocabSize(countTexts([text])).vocabSize).toBe(1536);
});

test('it says why', () => {
  expect(suggestVocabSize(english(94_000)).reason).toContain('2,048, about one for every 46 characters of text');
});
