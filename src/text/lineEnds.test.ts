import { describe, expect, test } from 'vitest';
import { unifyLineEnds } from './lineEnds.ts';

describe('line ends', () => {
  test.each([
    ['U+2028', 'a\u2028b\u2028\u2028c', 'a\nb\n\nc'],
    ['U+2029 alone', 'a\u2029b\u2029\u2029c', 'a\nb\n\nc'],
    ['U+2029 between paragraphs', 'a\u2028b\u2029c', 'a\nb\n\nc'],
    ['NEL', 'a\u0085b\u0085\u0085c', 'a\nb\n\nc'],
    ['vertical tabs', 'a\vb\v\vc', 'a\nb\n\nc'],
  ])('%s', (_, text, unified) => {
    const { text: read, notes } = unifyLineEnds(text);
    expect(read).toBe(unified);
    expect(notes).toEqual([expect.stringMatching(/^It has \d .* at the ends of lines/)]);
  });

  test.each([
    ['a\u2028b', 'It has 1 line separator (U+2028) at the end of a line; it is read as an ordinary line break.'],
    [
      'a\u2028b\u2029c',
      'It has 1 line separator (U+2028) and 1 paragraph separator (U+2029) at the ends of lines; they are read as ordinary line breaks.',
    ],
  ])('%j in words', (text, sentence) => {
    expect(unifyLineEnds(text).notes).toEqual([sentence]);
  });

  test('others stay, and nothing is said', () => {
    for (const text of [
      'a\nb\f',
      'Å of mojibake: Ã\u0085',
      'an ellipsis of Windows\u0085 and its quotation mark\u0092',
    ]) {
      expect(unifyLineEnds(text)).toEqual({ text, notes: [] });
    }
  });
});
