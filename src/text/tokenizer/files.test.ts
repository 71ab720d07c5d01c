/** The tokenizer's files against those that `tokenizers` and `transformers` write for the same vocabulary. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  mergesTxt,
  readTokenizerFiles,
  specialTokensMapJson,
  tokenizerConfigJson,
  tokenizerJson,
  vocabJson,
} from './files.ts';

const readGolden = (name: string): string =>
  readFileSync(new URL(`../../../test/golden/${name}`, import.meta.url), 'utf8');

const trained = readTokenizerFiles(readGolden('tiny-roberta/vocab.json'), readGolden('tiny-roberta/merges.txt'));

// In tiny-roberta/tokenizer.json the digits come first, since it went through a JavaScript object: saved.json has it as saved.
describe('byte for byte', () => {
  test.each([
    ['tiny-roberta/vocab.json', vocabJson(trained)],
    ['tiny-roberta/merges.txt', mergesTxt(trained)],
    ['tokenizer/saved.json', tokenizerJson(trained)],
    ['tiny-roberta/tokenizer_config.json', tokenizerConfigJson(64, trained.tokens)],
    ['tiny-roberta/special_tokens_map.json', specialTokensMapJson()],
  ])('%s', (name, written) => {
    expect(written).toBe(readGolden(name));
  });
});

test('tokens that look like numbers, keys or patterns keep their ids', () => {
  const tokens = [...trained.tokens, '12', '__proto__', 'constructor', '$&', '"\\', '#version'];
  const read = readTokenizerFiles(
    vocabJson({ tokens, merges: [] }),
    mergesTxt({ tokens, merges: [['#version', '12']] }),
  );
  expect(read.tokens).toEqual(tokens);
  expect(read.merges).toEqual([['#version', '12']]);
  const json = tokenizerJson({ tokens, merges: [] });
  expect(json).toContain('"$&": 323');
  expect(Object.keys(JSON.parse(json).model.vocab)).toHaveLength(tokens.length);
});

describe('files that are no tokenizer of ours are refused', () => {
  const vocab = vocabJson(trained);
  test.each([
    ['no JSON', '{', '', 'vocab.json'],
    ['a list', '[]', '', 'vocab.json'],
    ['an id that is no number', vocab.replace('"Ġd":319', '"Ġd":"319"'), '', 'vocab.json'],
    ['an id that is left out', vocab.replace('"Ġd":319', '"Ġd":320'), '', 'vocab.json'],
    ['an id that is there twice', vocab.replace('"Ġd":319', '"Ġd":318'), '', 'vocab.json'],
    ['other special tokens', vocab.replace('"<mask>":3', '"[MASK]":3'), '', 'vocab.json'],
    ['a merge of three', vocab, '#version: 0.2\na b c\n', 'merges.txt'],
    ['a merge of unknown tokens', vocab, '#version: 0.2\nzz zz\n', 'merges.txt'],
  ])('%s', (_, vocabText, mergesText, name) => {
    expect(() => readTokenizerFiles(vocabText, mergesText)).toThrow(
      expect.objectContaining({ code: 'dataUnreadable', details: expect.objectContaining({ name }) }),
    );
  });
});
