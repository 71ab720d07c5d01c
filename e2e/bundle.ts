/** Reads an exported bundle with other libraries than ours and checks every file of it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { unzipSync } from 'fflate';

/** File name to bytes. */
export type Bundle = ReadonlyMap<string, Uint8Array>;

/** With the files that are on by default. */
const BUNDLE_FILES = [
  'README.md',
  'checksums.txt',
  'config.json',
  'continue_training.py',
  'evaluation.json',
  'merges.txt',
  'metrics.csv',
  'model.safetensors',
  'onnx/model.onnx',
  'requirements.txt',
  'special_tokens_map.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'training_args.json',
  'use.mjs',
  'use.py',
  'vocab.json',
];

/** TensorBoard's file, named by the run and the second when it began. */
const EVENT_FILE = /^runs\/[\w.-]+\/events\.out\.tfevents\.\d{10}\.folio$/;

const ON_REQUEST = ['onnx/model_fp16.onnx', 'onnx/model_quantized.onnx', 'optimizer.safetensors', 'corpus.txt'];

/** Unpacks a zip that holds one folder. */
export function unpackBundle(zip: Uint8Array): Bundle {
  const entries = Object.entries(unzipSync(zip)).filter(([name]) => !name.endsWith('/'));
  const folders = new Set(entries.map(([name]) => name.slice(0, name.indexOf('/'))));
  must(folders.size === 1, `the zip holds one folder, and not ${[...folders]}`);
  return new Map(entries.map(([name, bytes]) => [name.slice(name.indexOf('/') + 1), bytes]));
}

/** Reads a bundle that lies in a folder. */
export function readBundle(folder: string): Bundle {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return new Map(files.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(folder, path))]));
}

/** What a bundle says, once every file of it has been checked. */
export interface BundleFacts {
  readonly vocabSize: number;
  readonly parameters: number;
  readonly steps: number;
  readonly learningRate: number;
  /** By step, from metrics.csv; the first one is of step 0. */
  readonly heldOutLosses: ReadonlyMap<number, number>;
  /** Ids with `<s>` and `</s>`, by Hugging Face's own JavaScript library from the bundle's files. */
  encode(text: string): number[];
}

/** @throws Error that says what is wrong with which file. */
export function checkBundle(bundle: Bundle): BundleFacts {
  const names = [...bundle.keys()].sort();
  const absent = BUNDLE_FILES.filter((name) => !bundle.has(name));
  must(absent.length === 0, `${absent} is missing`);
  must(names.filter((name) => EVENT_FILE.test(name)).length === 1, 'there is one event file of TensorBoard');
  const known = (name: string): boolean =>
    BUNDLE_FILES.includes(name) || ON_REQUEST.includes(name) || EVENT_FILE.test(name);
  const unknown = names.filter((name) => !known(name));
  must(unknown.length === 0, `nobody knows ${unknown}`);
  checkChecksums(bundle);
  const config = readJson(bundle, 'config.json');
  const vocabulary = readJson(bundle, 'vocab.json');
  const tokenizerJson = readJson(bundle, 'tokenizer.json');
  const tokenizerConfig = readJson(bundle, 'tokenizer_config.json');
  const training = readJson(bundle, 'training_args.json');
  const vocabSize = checkVocabulary(vocabulary, tokenizerJson, config, readText(bundle, 'merges.txt'));
  const tensors = readSafetensors(bundle.get('model.safetensors') ?? new Uint8Array());
  checkWeights(tensors, config);
  must(config['model_type'] === 'roberta', 'config.json is of a RoBERTa');
  const special = readJson(bundle, 'special_tokens_map.json');
  must((special['mask_token'] as { content?: string }).content === '<mask>', 'special_tokens_map.json has the mask');
  checkCard(readText(bundle, 'README.md'));
  const tokenizer = new Tokenizer(tokenizerJson as never, tokenizerConfig as never);
  const settings = training['training'] as Record<string, number>;
  return {
    vocabSize,
    parameters: [...tensors.values()].reduce((sum, { values }) => sum + values.length, 0),
    steps: settings['steps'] ?? Number.NaN,
    learningRate: settings['learning_rate'] ?? Number.NaN,
    heldOutLosses: readHeldOut(readText(bundle, 'metrics.csv')),
    encode: (text) => [...tokenizer.encode(text).ids],
  };
}

function checkChecksums(bundle: Bundle): void {
  const lines = readText(bundle, 'checksums.txt').trimEnd().split('\n');
  const listed = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  must(listed.size === bundle.size - 1, 'checksums.txt lists every other file');
  for (const [name, hash] of listed) {
    const bytes = bundle.get(name) ?? new Uint8Array();
    must(createHash('sha256').update(bytes).digest('hex') === hash, `checksums.txt has the hash of ${name}`);
  }
}

function must(condition: boolean, expectation: string): asserts condition {
  if (!condition) throw new Error(`The bundle is wrong: ${expectation}.`);
}

function readText(bundle: Bundle, name: string): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bundle.get(name));
}

function readJson(bundle: Bundle, name: string): Record<string, unknown> {
  const value: unknown = JSON.parse(readText(bundle, name));
  must(typeof value === 'object' && value !== null, `${name} is an object`);
  return value as Record<string, unknown>;
}

function checkVocabulary(
  vocabulary: Record<string, unknown>,
  tokenizerJson: Record<string, unknown>,
  config: Record<string, unknown>,
  merges: string,
): number {
  const size = Object.keys(vocabulary).length;
  const ids = Object.values(vocabulary).sort((a, b) => Number(a) - Number(b));
  must(
    ids.every((id, index) => id === index),
    'vocab.json gives every id once',
  );
  must(config['vocab_size'] === size, `config.json says ${config['vocab_size']} tokens, vocab.json has ${size}`);
  ['<s>', '<pad>', '</s>', '<mask>', '<unk>'].forEach((token, id) => {
    must(vocabulary[token] === id, `${token} is ${id}`);
  });
  const { vocab, merges: listed } = tokenizerJson['model'] as { vocab: Record<string, number>; merges: unknown[] };
  must(JSON.stringify(vocab) === JSON.stringify(vocabulary), 'tokenizer.json and vocab.json agree');
  const lines = merges.trimEnd().split('\n').slice(1);
  must(lines.length === size - 261, `merges.txt has ${lines.length} merges for ${size} tokens`);
  must(listed.length === lines.length, 'tokenizer.json and merges.txt agree');
  return size;
}

interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Source: the safetensors format: a 64-bit length, a JSON header, the tensors one after the other. */
function readSafetensors(bytes: Uint8Array): Map<string, Tensor> {
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  must((8 + headerLength) % 8 === 0, 'the tensors are aligned to 8 bytes');
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  let end = 0;
  const tensors = entries.map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]): [string, Tensor] => {
      must(dtype === 'F32' && from === end, `${name} is F32 and follows the tensor before it`);
      end = to;
      const values = new Float32Array(
        new Uint8Array(bytes.subarray(8 + headerLength + from, 8 + headerLength + to)).buffer,
      );
      must(values.length === shape.reduce((a, b) => a * b, 1), `${name} has the values of its shape`);
      must(values.every(Number.isFinite), `${name} is finite`);
      return [name, { shape, values }];
    },
  );
  must(end === bytes.length - 8 - headerLength, 'model.safetensors ends with its last tensor');
  return new Map(tensors);
}

function checkWeights(tensors: ReadonlyMap<string, Tensor>, config: Record<string, unknown>): void {
  const { vocab_size: V, hidden_size: H, intermediate_size: F, max_position_embeddings: P } = config;
  const layers = Number(config['num_hidden_layers']);
  const shapeOf = (name: string): string => String(tensors.get(name)?.shape);
  must(shapeOf('roberta.embeddings.word_embeddings.weight') === `${V},${H}`, 'the word embeddings are [V, H]');
  must(shapeOf('roberta.embeddings.position_embeddings.weight') === `${P},${H}`, 'the positions are [P, H]');
  must(shapeOf('lm_head.bias') === `${V}`, 'the head has a bias for every token');
  for (let layer = 0; layer < layers; layer++) {
    const name = `roberta.encoder.layer.${layer}.intermediate.dense.weight`;
    must(shapeOf(name) === `${F},${H}`, `${name} is [F, H]`);
  }
  // 5 tensors of embeddings, 16 a layer, 5 of the head; the decoder is tied to the word embeddings.
  must(tensors.size === 5 + 16 * layers + 5, `there are ${tensors.size} tensors for ${layers} layers`);
}

function checkCard(card: string): void {
  must(card.startsWith('---\n'), 'README.md begins with its front matter');
  must(card.includes('pipeline_tag: fill-mask'), 'README.md says what the model is for');
  must(/held[- ]out/i.test(card), 'README.md tells of the held-out text');
}

function readHeldOut(csv: string): Map<number, number> {
  const [head = '', ...lines] = csv.trimEnd().split('\n');
  const names = head.split(',');
  const at = (cells: readonly string[], name: string): string => cells[names.indexOf(name)] ?? '';
  must(names.includes('step') && names.includes('held_out_loss'), `metrics.csv has columns ${head}`);
  const rows = lines.map((line) => line.split(','));
  must(
    rows.every((cells) => cells.length === names.length),
    'metrics.csv has the same cells in every line',
  );
  const measured = rows.filter((cells) => at(cells, 'held_out_loss') !== '');
  return new Map(measured.map((cells) => [Number(at(cells, 'step')), Number(at(cells, 'held_out_loss'))]));
}
