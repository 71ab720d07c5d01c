/** Small whole bundles for tests: as Folio writes them, and as others do. */
import { zipSync } from 'fflate';
import { type ModelConfig, SPECIAL_TOKENS } from '../config.ts';
import { type BundleEntry, bundleFiles } from '../export/bundle.ts';
import { runDocuments } from '../export/documents.ts';
import { DEFAULT_EXPORT } from '../export/options.ts';
import { GOLDEN_CONFIG, testRun } from '../export/testRun.ts';
import { parameterSpecs, sizeOf } from '../model/parameters.ts';
import { createRng } from '../rng.ts';
import type { TrainedBpe } from '../tokenizer/bpeTrainer.ts';
import { SORTED_ALPHABET } from '../tokenizer/byteAlphabet.ts';
import type { BundleOrigin } from './origin.ts';

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
