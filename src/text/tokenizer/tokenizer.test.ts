/** Encoding and decoding against golden files of Hugging Face's tokenizer and against its JavaScript port, live. */
import { readFileSync } from 'node:fs';
import { Tokenizer as Oracle } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIBRARY_PATTERN, oddText } from '../../../test/oddText.ts';
import { trainedBpe } from '../../../test/trainedBpe.ts';
import { createTokenizer } from './tokenizer.ts';

const readGolden = (path: string): string =>
  readFileSync(new URL(`../../../test/golden/${path}`, import.meta.url), 'utf8');

const tiny = createTokenizer(trainedBpe(readGolden('tiny-roberta/vocab.json'), readGolden('tiny-roberta/merges.txt')));

interface GoldenEncoding {
  readonly text: string;
  readonly ids: number[];
  readonly dec: string;
  readonly decs: string;
}

describe('golden encodings of Hugging Face', () => {
  const golden: GoldenEncoding[] = JSON.parse(readGolden('tokenizer/encode.json'));

  test('the file is there and holds special tokens', () => {
    expect(golden.length).toBeGreaterThan(50);
    expect(golden.some(({ ids }) => ids.slice(1, -1).includes(3))).toBe(true);
  });

  test.each(golden)('$text', ({ text, ids, dec, decs }) => {
    expect(tiny.encodeWithSpecials(text)).toEqual(ids);
    expect(tiny.encode(text)).toEqual(ids.slice(1, -1));
    expect(tiny.decode(ids, { skipSpecialTokens: true })).toBe(dec);
    expect(tiny.decode(ids)).toBe(decs);
  });

  test('texts with U+0085 and U+FEFF, and ids that break characters', () => {
    const odd: (Omit<GoldenEncoding, 'text'> & { readonly text: string | null })[] = JSON.parse(
      readGolden('tokenizer/odd.json'),
    );
    expect(odd).toHaveLength(400);
    for (const { text, ids, dec, decs } of odd) {
      if (text !== null) expect(tiny.encodeWithSpecials(text), JSON.stringify(text)).toEqual(ids);
      expect(tiny.decode(ids, { skipSpecialTokens: true })).toBe(dec);
      expect(tiny.decode(ids)).toBe(decs);
    }
  });
});

/**
 * The port takes JavaScript's white space for the library's in two places. In the pattern: it gets the library's, written
 * out. On the left of `<mask>`: texts with U+0085 or U+FEFF there are left to `odd.json`.
 */
function createOracle(): Oracle {
  const tokenizer = JSON.parse(readGolden('tiny-roberta/tokenizer.json'));
  tokenizer.pre_tokenizer = {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: LIBRARY_PATTERN.source }, behavior: 'Isolated', invert: false },
      { ...tokenizer.pre_tokenizer, use_regex: false },
    ],
  };
  return new Oracle(tokenizer, JSON.parse(readGolden('tiny-roberta/tokenizer_config.json')));
}

const ORACLE_IS_WRONG = /[\u0085\ufeff]\s*<mask>/u;

test('ids and texts are those of @huggingface/tokenizers on 3,000 generated texts', () => {
  const oracle = createOracle();
  let compared = 0;
  fc.assert(
    fc.property(oddText(), (text) => {
      if (ORACLE_IS_WRONG.test(text)) return;
      compared++;
      const ids = oracle.encode(text).ids;
      expect(tiny.encodeWithSpecials(text)).toEqual(ids);
      expect(tiny.decode(ids)).toBe(oracle.decode(ids, { skip_special_tokens: false }));
      expect(tiny.decode(ids, { skipSpecialTokens: true })).toBe(oracle.decode(ids, { skip_special_tokens: true }));
    }),
    { numRuns: 3300, seed: 2 },
  );
  expect(compared).toBeGreaterThan(3000);
});

describe('properties', () => {
  test('ordinary encoding gives no special token and decodes to the text', () => {
    fc.assert(
      fc.property(oddText(), (text) => {
        const ids = tiny.encodeWords(text).flat();
        expect(ids.every((id) => id >= 5)).toBe(true);
        expect(tiny.decode(ids)).toBe(text.replace(/\p{Surrogate}/gu, '\ufffd'));
      }),
      { numRuns: 1000, seed: 3 },
    );
  });

  test('the ranges cover the text in order, and are those of the ids', () => {
    fc.assert(
      fc.property(oddText(), (text) => {
        const spans = tiny.encodeDetailed(text);
        expect(spans.map(({ id }) => id)).toEqual(tiny.encode(text));
        let covered = 0;
        for (const { start, end } of spans) {
          if (start > covered || end <= start) throw new Error(`a gap at ${covered}`);
          covered = Math.max(covered, end);
        }
        expect(covered).toBe(text.length);
      }),
      { numRuns: 1000, seed: 4 },
    );
  });
});

test('ranges: a token takes the characters that its bytes belong to', () => {
  // The tiny vocabulary has no merge for these, so every byte is a token.
  const spans = tiny.encodeDetailed('a😀é \t<mask>b').map(({ start, end }) => [start, end]);
  expect(spans).toEqual([
    [0, 1],
    ...Array.from({ length: 4 }, () => [1, 3]),
    ...Array.from({ length: 2 }, () => [3, 4]),
    [4, 12],
    [12, 13],
  ]);
  expect(tiny.encodeDetailed('')).toEqual([]);
});

test('names of special tokens are ordinary text where asked', () => {
  expect(tiny.encodeWords('<s>').flat().map(tiny.tokenOf)).toEqual(['<', 's', '>']);
  expect(tiny.encode('<s>')).toEqual([0]);
});

test('lone surrogates are U+FFFD', () => {
  expect(tiny.encode('a\ud800b')).toEqual(tiny.encode('a\ufffdb'));
  expect(tiny.decode(tiny.encode('\udc00'))).toBe('\ufffd');
});

test('names and display texts of tokens', () => {
  const { vocabSize, tokenOf, idOf, textOf } = tiny;
  expect(vocabSize).toBe(320);
  for (let id = 0; id < vocabSize; id++) expect(idOf(tokenOf(id))).toBe(id);
  expect(idOf('no such token')).toBeUndefined();
  expect(tokenOf(tiny.lineBreakId)).toBe('Ċ');
  expect(textOf(tiny.lineBreakId)).toBe('\n');
  expect(textOf(3)).toBe('<mask>');
  expect(textOf(idOf('Ġt') ?? -1)).toBe(' t');
  expect(textOf(idOf('â') ?? -1)).toBe('▯');
  expect(tiny.decode([999, 69])).toBe('a');
});

test('a word of 300,000 letters takes no quadratic time', () => {
  const ids = tiny.encode('st'.repeat(150_000));
  expect(ids).toEqual(new Array(150_000).fill(tiny.idOf('st')));
});
