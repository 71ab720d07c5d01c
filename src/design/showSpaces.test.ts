import { expect, test } from 'vitest';
import { showSpaces } from './showSpaces.ts';

test('what would not be seen has a sign: white space, controls, and bytes that are a part of a character', () => {
  expect(showSpaces(' a\n\t')).toBe('·a↵→');
  expect(showSpaces('\u0085')).toBe('\\u0085');
  // As `textOf` spells the first two of the three bytes of a Chinese character.
  expect(showSpaces('\\xE5\\x92')).toBe('▯');
  expect(showSpaces('a\\xE5')).toBe('a▯');
});
