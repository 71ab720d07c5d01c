/** Tokenizers that come as vocabulary and merges, as stored runs have them, too. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { trainedBpe } from '../../test/trainedBpe.ts';
import { mergesTxt, vocabJson } from '../text/tokenizer/files.ts';
import { readTokenizer, tokenizerOfVocabulary } from './readTokenizer.ts';
import { TOKENIZER_NAME } from './tokenizerParts.ts';

const golden = (name: string): string => readFileSync(`test/golden/tiny-roberta/${name}`, 'utf8');
const trained = trainedBpe(golden('vocab.json'), golden('merges.txt'));
const fileOf = (vocab: string, merges: string): string =>
  tokenizerOfVocabulary({ vocab, merges, added: null, config: null });

test('tokens that look like numbers, keys or patterns keep their ids', () => {
  const tokens = [...trained.tokens, '12', '__proto__', 'constructor', '$&', '"\\', '#version'];
  const merges: [string, string][] = [['#version', '12']];
  const all = { tokens: [...tokens, '#version12'], merges };
  const file = fileOf(vocabJson(all), mergesTxt(all));
  expect(readTokenizer(new Map([[TOKENIZER_NAME, file]]), null, 64).trained).toEqual(all);
});

describe('files that are no tokenizer of ours are refused', () => {
  const vocab = vocabJson(trained);
  test.each([
    ['no JSON', '{', '', 'vocab.json'],
    ['a list', '[]', '', 'vocab.json', 'is [], but Folio expects a JSON object'],
    ['an id that is no number', vocab.replace('"Ġd":319', '"Ġd":"319"'), '', 'vocab.json'],
    ['an id that is left out', vocab.replace('"Ġd":319', '"Ġd":320'), '', 'vocab.json'],
    ['an id that is there twice', vocab.replace('"Ġd":319', '"Ġd":318'), '', 'vocab.json'],
    ['other special tokens', vocab.replace('"<mask>":3', '"[MASK]":3'), '', 'vocab.json'],
    ['a merge of three', vocab, '#version: 0.2\na b c\n', 'merges.txt'],
    ['a merge of unknown tokens', vocab, '#version: 0.2\nzz zz\n', 'merges.txt'],
  ])('%s', (_, vocabText, mergesText, file, reason = expect.any(String)) => {
    expect(() => fileOf(vocabText, mergesText)).toThrow(
      expect.objectContaining({ code: 'bundleTokenizer', details: expect.objectContaining({ file, reason }) }),
    );
  });
});
