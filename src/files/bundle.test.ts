import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { randomDocuments } from '../../test/documents.ts';
import { GOLDEN_CONFIG, testRun } from '../../test/exportedRun.ts';
import { readGoldenTensors } from '../../test/goldenTensors.ts';
import { trainedBpe } from '../../test/trainedBpe.ts';
import { parameterSpecs } from '../model/parameters.ts';
import { type BundleInput, bundleFiles } from './bundle.ts';
import type { BundleEntry } from './bundleEntry.ts';
import { runDocuments } from './documents.ts';
import { DEFAULT_EXPORT, type ExportOptions } from './exportOptions.ts';

const golden = (name: string): string => readFileSync(`test/golden/tiny-roberta/${name}`, 'utf8');
const tokenizer = trainedBpe(golden('vocab.json'), golden('merges.txt'));
const tensors = readGoldenTensors();
const heldOut = randomDocuments(1, [14, 14], 12);
const given = (changes: Partial<ExportOptions> = {}, run = testRun()): BundleInput => {
  const options = { ...DEFAULT_EXPORT, ...changes };
  return {
    model: run.config.model,
    tokenizer,
    layout: null,
    read: async (name) => tensors.get(name) ?? new Float32Array(),
    options,
    documents: runDocuments(run, heldOut, options),
  };
};

/** Writes every entry, in order. */
async function write(entries: readonly BundleEntry[]): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const { path, chunks } of entries) {
    const parts: Buffer[] = [];
    for await (const chunk of chunks()) parts.push(Buffer.from(Uint8Array.from(chunk)));
    files.set(path, Buffer.concat(parts));
  }
  return files;
}

test('holds its files, each with its size and what it is for', async () => {
  const entries = bundleFiles(given({ onnx: ['q8', 'fp32', 'fp16'] }, testRun({ name: 'Stück' })));
  expect(entries.map(({ path }) => path)).toEqual([
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
    'runs/Stuck/events.out.tfevents.1795512615.folio',
    'continue_training.py',
    'requirements.txt',
    'use.py',
    'use.mjs',
    'onnx/model.onnx',
    'onnx/model_fp16.onnx',
    'onnx/model_quantized.onnx',
    'checksums.txt',
  ]);
  const files = await write(entries);
  for (const { sizeBytes, purpose, path } of entries) {
    expect(files.get(path)?.length, path).toBe(sizeBytes);
    expect(purpose).toMatch(/^[A-Z].*\.$/);
  }
});

test('checksums.txt has the SHA-256 of every other file, as Node computes it', async () => {
  const files = await write(bundleFiles(given()));
  const lines = files.get('checksums.txt')?.toString('utf8');
  files.delete('checksums.txt');
  const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  expect(lines).toBe([...files].map(([path, bytes]) => `${hash(bytes)}  ${path}\n`).join(''));
});

test('the weights of a file that PyTorch wrote come out bit for bit; in float16 they take half the room', async () => {
  const golden32 = readFileSync('test/golden/tiny-roberta/model.safetensors');
  const files = await write(bundleFiles(given()));
  expect(readGoldenTensors(files.get('model.safetensors'))).toEqual(
    new Map(parameterSpecs(GOLDEN_CONFIG.model, 320).map(({ name }) => [name, tensors.get(name)])),
  );
  const half = await write(bundleFiles(given({ weights: 'float16', onnx: ['q8'] })));
  const size = half.get('model.safetensors')?.length ?? 0;
  expect(Math.abs(size - golden32.length / 2)).toBeLessThan(4000);
  expect(JSON.parse(half.get('config.json')?.toString() ?? '')).toMatchObject({
    dtype: 'float16',
    torch_dtype: 'float16',
    'transformers.js_config': { dtype: 'q8' },
  });
});

test('without an ONNX file there are no lines of JavaScript that would need one', () => {
  const paths = bundleFiles(given({ onnx: [] })).map(({ path }) => path);
  expect(paths).not.toContain('use.mjs');
  expect(paths.some((path) => path.startsWith('onnx/'))).toBe(false);
});

test('with nothing held out there is no evaluation.json', () => {
  const documents = runDocuments(testRun({ heldOut: [] }), null, DEFAULT_EXPORT);
  expect(documents.map(({ path }) => path)).not.toContain('evaluation.json');
});

test('the files that hold no weights and no figures are those of the golden bundle', async () => {
  const files = await write(bundleFiles(given()));
  const written = (path: string): string => files.get(path)?.toString('utf8') ?? '';
  for (const name of ['vocab.json', 'merges.txt']) expect(written(name)).toBe(golden(name));
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json']) {
    expect(JSON.parse(written(name))).toEqual(JSON.parse(golden(name)));
  }
});

test('the vocabulary size is the tokenizer’s, not the one asked for', async () => {
  const run = testRun();
  const config = { ...run.config, tokenizer: { vocabSize: 999, minFrequency: 2 } };
  const files = await write(bundleFiles(given({}, { ...run, config })));
  expect(JSON.parse(files.get('config.json')?.toString() ?? '')).toMatchObject({ vocab_size: 320 });
});

test('a weight that is missing is an error, not a broken file', async () => {
  const entries = bundleFiles({ ...given(), read: async () => new Float32Array(5) });
  await expect(write(entries)).rejects.toThrowError(/word_embeddings.* has 5 values, not 10240/);
});
