import { expect, test } from 'vitest';
import { maskedLines } from './cases.ts';
import { oddStrings } from './oddStrings.ts';

test('masked lines: one word in the first half, two or three in the rest, always the same', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `From fairest creatures we desire increase ${index}`);
  const masked = maskedLines(lines, 20);
  const masks = masked.map((line) => line.split('<mask>').length - 1);
  expect(masks.slice(0, 10)).toEqual(Array(10).fill(1));
  expect(masks.slice(10).every((count) => count === 2 || count === 3)).toBe(true);
  expect(maskedLines(lines, 20)).toEqual(masked);
});

test('lines that are too long or too short to mask are left out', () => {
  expect(maskedLines(['two words', `${'word '.repeat(40)}`], 20)).toEqual([]);
});

test('odd strings are as many as asked for, differ, and are text that UTF-8 can hold', () => {
  const strings = oddStrings(200);
  expect(strings).toHaveLength(200);
  expect(new Set(strings).size).toBe(200);
  for (const text of strings) expect(Buffer.from(text).toString()).toBe(text);
});
