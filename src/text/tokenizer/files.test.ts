/** The tokenizer's files against those that `tokenizers` and `transformers` write for the same vocabulary. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { trainedBpe } from '../../../test/trainedBpe.ts';
import { mergesTxt, specialTokensMapJson, tokenizerConfigJson, tokenizerJson, vocabJson } from './files.ts';

const readGolden = (name: string): string =>
  readFileSync(new URL(`../../../test/golden/${name}`, import.meta.url), 'utf8');

const trained = trainedBpe(readGolden('tiny-roberta/vocab.json'), readGolden('tiny-roberta/merges.txt'));

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
  const read = trainedBpe(vocabJson({ tokens, merges: [] }), mergesTxt({ tokens, merges: [['#version', '12']] }));
  expect(read.tokens).toEqual(tokens);
  expect(read.merges).toEqual([['#version', '12']]);
  const json = tokenizerJson({ tokens, merges: [] });
  expect(json).toContain('"$&": 323');
  expect(Object.keys(JSON.parse(json).model.vocab)).toHaveLength(tokens.length);
});
