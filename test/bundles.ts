/** Small whole bundles for tests: as Folio writes them, and as others do. */
import { zipSync } from 'fflate';
import { type ModelConfig, SPECIAL_TOKENS } from '../src/core/config.ts';
import { createRng } from '../src/core/rng.ts';
import { bundleFiles } from '../src/files/bundle.ts';
import type { BundleEntry } from '../src/files/bundleEntry.ts';
import type { BundleOrigin } from '../src/files/bundleSource.ts';
import { runDocuments } from '../src/files/documents.ts';
import { DEFAULT_EXPORT } from '../src/files/exportOptions.ts';
import { fileSpecs } from '../src/files/fileLayout.ts';
import { safetensorsFile } from '../src/files/safetensors.ts';
import { parameterSpecs } from '../src/model/parameters.ts';
import { sizeOf } from '../src/model/value.ts';
import type { TrainedBpe } from '../src/text/tokenizer/bpeTrainer.ts';
import { SORTED_ALPHABET } from '../src/text/tokenizer/byteAlphabet.ts';
import { GOLDEN_CONFIG, testRun } from './exportedRun.ts';

export type Files = Map<string, Uint8Array<ArrayBuffer>>;

export const SMALL_MODEL: ModelConfig = {
  ...GOLDEN_CONFIG.model,
  hiddenSize: 4,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  intermediateSize: 4,
  maxPositionEmbeddings: 16,
};

const MERGES: [string, string][] = [
  ['t', 'h'],
  ['Ġ', 'th'],
  ['Ġth', 'e'],
];
export const SMALL_BPE: TrainedBpe = {
  tokens: [...SPECIAL_TOKENS, ...SORTED_ALPHABET, ...MERGES.map((pair) => pair.join(''))],
  merges: MERGES,
};

/** Seeded weights. */
export function smallWeights(): Map<string, Float32Array> {
  const rng = createRng(5);
  return new Map(
    parameterSpecs(SMALL_MODEL, SMALL_BPE.tokens.length).map(({ name, shape }) => [
      name,
      Float32Array.from({ length: sizeOf(shape) }, () => rng.normal()),
    ]),
  );
}

/** Writes every entry. */
async function writeEntries(entries: readonly BundleEntry[]): Promise<Files> {
  const files: Files = new Map();
  for (const { path, chunks } of entries) {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of chunks()) parts.push(chunk.slice());
    files.set(path, new Uint8Array(await new Blob(parts).arrayBuffer()));
  }
  return files;
}

/** What Folio itself exports. */
export async function ownBundle(): Promise<Files> {
  const weights = smallWeights();
  const pipeline = { ...GOLDEN_CONFIG.pipeline, seqLength: 14 };
  const run = testRun({
    config: { ...GOLDEN_CONFIG, pipeline, model: SMALL_MODEL },
    vocabSize: SMALL_BPE.tokens.length,
  });
  return writeEntries(
    bundleFiles({
      model: SMALL_MODEL,
      tokenizer: SMALL_BPE,
      layout: null,
      read: async (name) => weights.get(name) ?? new Float32Array(),
      options: DEFAULT_EXPORT,
      documents: runDocuments(run, null, DEFAULT_EXPORT),
    }),
  );
}

/** A model's folder from elsewhere: without checksums and without what only Folio writes. */
export async function foreignBundle(): Promise<Files> {
  const files = await ownBundle();
  const kept = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];
  return new Map([...files].filter(([path]) => kept.includes(path)));
}

/** Sizes of {@link extendedBundle}. */
const EXTENDED = { vocabSize: 272, padId: 1, tokenTypes: 3 };

/**
 * A folder from elsewhere as models become in use: a padded vocabulary, further token types, a special token more, a space
 * put before every text.
 */
export async function extendedBundle(): Promise<{ files: Files; weights: Map<string, Float32Array> }> {
  const files = await foreignBundle();
  const edit = (path: string, change: (json: Record<string, unknown>) => object): void => {
    const json = JSON.parse(textOf(files.get(path))) as Record<string, unknown>;
    files.set(path, bytesOf(JSON.stringify({ ...json, ...change(json) })));
  };
  edit('config.json', () => ({ vocab_size: EXTENDED.vocabSize, type_vocab_size: EXTENDED.tokenTypes }));
  edit('tokenizer_config.json', () => ({ add_prefix_space: true }));
  const user = { id: 264, content: '[USER]', special: true, lstrip: false, rstrip: true, normalized: false };
  edit('tokenizer.json', ({ added_tokens }) => ({
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true },
    added_tokens: [...(added_tokens as object[]), user],
  }));
  const specs = fileSpecs(SMALL_MODEL, EXTENDED);
  const rng = createRng(9);
  const weights = new Map(
    specs.map(({ name, shape }) => [name, Float32Array.from({ length: sizeOf(shape) }, () => 0.3 * rng.normal())]),
  );
  const { sizeBytes, chunks } = safetensorsFile(specs, 'float32');
  const read = async (name: string): Promise<Float32Array> => weights.get(name) ?? new Float32Array();
  const entry = { path: 'model.safetensors', purpose: '', sizeBytes, chunks: () => chunks(read) };
  return { files: new Map([...files, ...(await writeEntries([entry]))]), weights };
}

export function asFolder(files: Files): BundleOrigin {
  return {
    kind: 'folder',
    name: 'my-bert',
    files: [...files].map(([path, bytes]) => ({ path, blob: new Blob([bytes]) })),
  };
}

/** @param level 0: stored, as Folio does; 6: compressed, as others do */
export function zipOf(files: Files, level: 0 | 6): Uint8Array<ArrayBuffer> {
  const inFolder = [...files].map(([path, bytes]) => [`my-bert/${path}`, bytes]);
  return new Uint8Array(zipSync(Object.fromEntries(inFolder), { level }));
}

export function asZip(bytes: Uint8Array<ArrayBuffer>): BundleOrigin {
  return { kind: 'zip', name: 'my-bert.zip', blob: new Blob([bytes]) };
}

export const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** One JSON file of a bundle changed. @param edit changes the value, or gives another one */
export function editedJson(
  files: Files,
  path: string,
  edit: (json: Record<string, unknown>) => object | undefined,
): Files {
  const json = JSON.parse(textOf(files.get(path))) as Record<string, unknown>;
  return new Map([...files, [path, bytesOf(JSON.stringify(edit(json) ?? json))]]);
}

export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A safetensors file of tensors as they are. */
export function safetensorsOf(tensors: ReadonlyMap<string, RawTensor>): Uint8Array<ArrayBuffer> {
  let end = 0;
  const header = [...tensors].map(([name, { dtype, shape, bytes }]) => {
    const start = end;
    end += bytes.length;
    return [name, { dtype, shape, data_offsets: [start, end] }];
  });
  const json = bytesOf(JSON.stringify(Object.fromEntries(header)));
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(json.length), true);
  return new Uint8Array(Buffer.concat([size, json, ...[...tensors.values()].map(({ bytes }) => bytes)]));
}

/** {@link smallWeights} as tensors of a file. */
export function smallTensors(): Map<string, RawTensor> {
  return new Map(
    parameterSpecs(SMALL_MODEL, SMALL_BPE.tokens.length).map(({ name, shape }) => {
      const { buffer } = smallWeights().get(name) as Float32Array;
      return [name, { dtype: 'F32', shape, bytes: new Uint8Array(buffer) }];
    }),
  );
}
