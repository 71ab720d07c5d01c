/** The scanner against pieces that Hugging Face's `ByteLevel` cut, and against the pattern that it stands for. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIBRARY_PATTERN, oddText } from '../../../test/oddText.ts';
import { characterOfByte } from './byteAlphabet.ts';
import { wordEnd } from './preTokenize.ts';

/** The words of a text, in order; joined they are the text. */
function preTokenize(text: string): string[] {
  const words: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = wordEnd(text, start, text.length);
    words.push(text.slice(start, end));
    start = end;
  }
  return words;
}

const GOLDEN = new URL('../../../test/golden/tokenizer/pretokenize.json', import.meta.url);

const inByteAlphabet = (word: string): string =>
  Array.from(new TextEncoder().encode(word), (byte) => characterOfByte(byte)).join('');

test('the pieces are those of Hugging Face', () => {
  const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as [string, string[]][];
  expect(golden.length).toBeGreaterThan(200);
  for (const [text, pieces] of golden)
    expect(preTokenize(text).map(inByteAlphabet), JSON.stringify(text)).toEqual(pieces);
});

test('the words are the matches of the pattern', () => {
  fc.assert(
    fc.property(oddText(), (text) => {
      expect(preTokenize(text)).toEqual(text.match(LIBRARY_PATTERN) ?? []);
    }),
    { numRuns: 3000, seed: 1 },
  );
});

test('letters and numbers of Unicode 17 are neither, on every engine', () => {
  expect(preTokenize('a\u{32a0b}b1\u{16ff4}')).toEqual(['a', '\u{32a0b}', 'b', '1', '\u{16ff4}']);
});

test('a run of ten million letters is one word', () => {
  const word = 'a'.repeat(10_000_000);
  expect(preTokenize(` ${word}.`).map(({ length }) => length)).toEqual([10_000_001, 1]);
});
