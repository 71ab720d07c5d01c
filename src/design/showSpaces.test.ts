import { expect, test } from 'vitest';
import { shownToken, showSpaces } from './showSpaces.ts';

test('what would not be seen has a sign: white space and controls', () => {
  expect(showSpaces(' a\n\t')).toBe('·a↵→');
  expect(showSpaces('\u0085')).toBe('\\u0085');
});

test('a token is shown as a word', () => {
  expect(shownToken(' thee')).toBe('thee');
  expect(shownToken(' ')).toBe('␣');
  // What is left of a character when its bytes are decoded alone.
  expect(shownToken('\ufffd\ufffd')).toBe('▯');
});
