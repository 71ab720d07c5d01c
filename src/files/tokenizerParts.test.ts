/** Normalizers against what Hugging Face's library makes of the same texts, and the places that ids are traced back to. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oddText } from '../../test/oddText.ts';
import { trainedBpe } from '../../test/trainedBpe.ts';
import { OWN_ADDED } from '../text/tokenizer/addedTokens.ts';
import { type Normalizer, normalize, normalizeAligned } from '../text/tokenizer/normalizers.ts';
import { createTokenizer } from '../text/tokenizer/tokenizer.ts';
import { readNormalizers } from './tokenizerParts.ts';

const golden = (path: string): string => readFileSync(new URL(`../../test/golden/${path}`, import.meta.url), 'utf8');

interface GoldenKind {
  readonly name: string;
  readonly normalizer: object;
  readonly rows: readonly { readonly text: string; readonly read: string; readonly ids: number[] }[];
}
const KINDS: readonly GoldenKind[] = JSON.parse(golden('tokenizer/normalizers.json'));

const tiny = trainedBpe(golden('tiny-roberta/vocab.json'), golden('tiny-roberta/merges.txt'));
const trained = { ...tiny, tokens: [...tiny.tokens, 'Thé'] };
const THE = {
  id: 320,
  content: 'Thé',
  special: false,
  takesLeft: false,
  takesRight: false,
  withinWords: true,
  later: true,
};
const withNormalizers = (normalizers: readonly Normalizer[]) =>
  createTokenizer(trained, { added: [...OWN_ADDED, THE], normalizers, putsSpaceBefore: false, fileIds: null });

test.each(KINDS)('$name: texts and ids are the library’s', ({ normalizer, rows }) => {
  const normalizers = readNormalizers(normalizer);
  const tokenizer = withNormalizers(normalizers);
  expect(rows.length).toBeGreaterThan(100);
  for (const { text, read, ids } of rows) {
    expect(normalize(normalizers, text), JSON.stringify(text)).toBe(read);
    expect(tokenizer.encodeWithSpecials(text), JSON.stringify(text)).toEqual(ids);
  }
});

test.each(KINDS)('$name: places are those of the given text, in order and without gaps', ({ normalizer }) => {
  const normalizers = readNormalizers(normalizer);
  const tokenizer = withNormalizers(normalizers);
  fc.assert(
    fc.property(oddText(), (text) => {
      expect(normalizeAligned(normalizers, text).text).toBe(normalize(normalizers, text));
      const spans = tokenizer.encodeDetailed(text);
      expect(spans.map(({ id }) => id)).toEqual(tokenizer.encode(text));
      let covered = 0;
      for (const { start, end } of spans) {
        if (start > covered || end <= start) throw new Error(`a gap at ${covered}`);
        covered = Math.max(covered, end);
      }
    }),
    { numRuns: 200, seed: 7 },
  );
});

test('a token takes what its characters were made of', () => {
  const tokenizer = withNormalizers([{ type: 'NFD' }, { type: 'StripAccents' }, { type: 'Lowercase' }]);
  const spans = tokenizer
    .encodeDetailed('ÜB <mask> A\u030ac')
    .map(({ id, start, end }) => [tokenizer.textOf(id), start, end]);
  expect(spans).toEqual([
    ['u', 0, 1],
    ['b', 1, 2],
    ['<mask>', 2, 9],
    [' ', 9, 10],
    ['a', 10, 12],
    ['c', 12, 13],
  ]);
});
