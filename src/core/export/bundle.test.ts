import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parameterSpecs, sizeOf } from '../model/parameters.ts';
import { randomDocuments } from '../pipeline/testDocuments.ts';
import { readTokenizerFiles } from '../tokenizer/files.ts';
import { bundleFiles } from './bundle.ts';
import { GOLDEN_CONFIG, testRun } from './testRun.ts';

const golden = (name: string): string => readFileSync(`e2e/golden/tiny-roberta/${name}`, 'utf8');
const tokenizer = readTokenizerFiles(golden('vocab.json'), golden('merges.txt'));
const weights = new Map(
  parameterSpecs(GOLDEN_CONFIG.model, 320).map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]),
);

const heldOut = randomDocuments(1, [14, 14], 12);

test('holds the eleven files, each with its size and what it is for', () => {
  const files = bundleFiles({ run: testRun({ name: 'Stück' }), tokenizer, weights, heldOut });
  expect(files.map(({ path }) => path)).toEqual([
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
    'vocab.json',
    'merges.txt',
    'special_tokens_map.json',
    'README.md',
    'training_args.json',
    'metrics.csv',
    'evaluation.json',
  ]);
  for (const { parts, sizeBytes, purpose, path } of files) {
    expect(Buffer.concat(parts.map((part) => Buffer.from(part))).length, path).toBe(sizeBytes);
    expect(purpose).toMatch(/^[A-Z].*\.$/);
  }
});

test('with nothing held out there is no evaluation.json', () => {
  const files = bundleFiles({ run: testRun({ heldOut: [] }), tokenizer, weights, heldOut: null });
  expect(files.map(({ path }) => path)).not.toContain('evaluation.json');
});

test('the files that hold no weights and no figures are those of the golden bundle', () => {
  const files = bundleFiles({ run: testRun(), tokenizer, weights, heldOut });
  const written = (path: string): string => files.find((file) => file.path === path)?.parts.join('') ?? '';
  for (const name of ['vocab.json', 'merges.txt']) expect(written(name)).toBe(golden(name));
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json']) {
    expect(JSON.parse(written(name))).toEqual(JSON.parse(golden(name)));
  }
});

test('the vocabulary size is the tokenizer’s, not the one asked for', () => {
  const run = testRun();
  const config = { ...run.config, tokenizer: { vocabSize: 999, minFrequency: 2 } };
  const files = bundleFiles({ run: { ...run, config }, tokenizer, weights, heldOut });
  expect(JSON.parse(files[0]?.parts.join('') ?? '')).toMatchObject({ vocab_size: 320 });
});

test('a weight that is missing is refused', () => {
  const fewer = new Map([...weights].slice(1));
  expect(() => bundleFiles({ run: testRun(), tokenizer, weights: fewer, heldOut })).toThrowError(/word_embeddings/);
});
