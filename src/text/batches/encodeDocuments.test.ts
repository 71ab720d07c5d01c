import { expect, test } from 'vitest';
import { encodeDocuments } from './encodeDocuments.ts';

/** One id a character, by code point; words have their space in front. */
const tokenizer = {
  lineBreakId: 10,
  encodeWords: (text: string) => (text.match(/ ?[^ ]+/g) ?? []).map((word) => [...word].map((at) => at.charCodeAt(0))),
};

const encode = (documents: readonly (readonly string[])[]) => {
  const work = encodeDocuments(documents, tokenizer);
  const progress: number[] = [];
  for (;;) {
    const turn = work.next();
    if (turn.done) return { progress, encoded: turn.value };
    progress.push(turn.value);
  }
};

test('lines are joined by line breaks, documents are not', () => {
  const { encoded, progress } = encode([['ab', 'c'], ['d'], ['e', 'f']]);
  expect([...encoded.ids]).toEqual([97, 98, 10, 99, 100, 101, 10, 102]);
  expect([...encoded.documentStarts]).toEqual([0, 4, 5, 8]);
  expect(encoded.lineBreakId).toBe(10);
  expect(progress).toEqual([1, 2, 3]);
});

test('every token that begins a word is marked', () => {
  const { encoded } = encode([['ab cd', 'e'], ['f g']]);
  expect([...encoded.wordStarts]).toEqual([1, 0, 1, 0, 0, 1, 1, 1, 1, 0]);
});

test('a long document gives turns while it is encoded, and grows the array', () => {
  const line = 'x'.repeat(1000);
  const { encoded, progress } = encode([Array.from({ length: 200 }, () => line)]);
  expect(progress).toEqual([0, 0, 0, 1]);
  expect(encoded.ids).toHaveLength(200 * 1001 - 1);
  expect(encoded.ids.filter((id) => id === 10)).toHaveLength(199);
});

test('no documents', () => {
  const { encoded } = encode([]);
  expect(encoded.ids).toHaveLength(0);
  expect([...encoded.documentStarts]).toEqual([0]);
});
