/** Golden files that Python wrote (`e2e/python`, `test/golden`), as the tests in the browser read them. */
import { DEFAULT_CONFIG, type ModelConfig, PAD_ID, type TrainingConfig } from '../src/core/config.ts';
import type { Weights } from '../src/model/initialize.ts';
import type { Batch } from '../src/text/batches/batch.ts';

/** One tensor of a safetensors file. */
interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

type StoredArrays = ReadonlyMap<string, Float32Array | Int32Array>;

/**
 * Reads a safetensors file of float32 and int32 tensors.
 * Source: the format's description at github.com/huggingface/safetensors.
 */
export async function loadSafetensors(url: string): Promise<StoredArrays> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const file = await response.arrayBuffer();
  const start = 8 + Number(new DataView(file).getBigUint64(0, true));
  const header: Record<string, StoredTensor> = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, start - 8)));
  const arrays = new Map<string, Float32Array | Int32Array>();
  for (const [name, tensor] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [from, to] = tensor.data_offsets;
    const bytes = file.slice(start + from, start + to);
    if (tensor.dtype === 'F32') arrays.set(name, new Float32Array(bytes));
    else if (tensor.dtype === 'I32') arrays.set(name, new Int32Array(bytes));
    else throw new Error(`${url}: ${name} is ${tensor.dtype}`);
  }
  return arrays;
}

/** The float32 tensors under a prefix, by the rest of their names. */
export function weightsUnder(arrays: StoredArrays, prefix: string): Weights {
  const weights = new Map<string, Float32Array>();
  for (const [name, values] of arrays) {
    if (name.startsWith(prefix) && values instanceof Float32Array) weights.set(name.slice(prefix.length), values);
  }
  return weights;
}

/** What `makeParityGolden.py` writes beside the tensors. */
export interface GoldenIndex {
  readonly vocabSize: number;
  readonly columns: number;
  readonly maskedRows: number;
  readonly model: ModelConfig;
  /** The others have their defaults. */
  readonly training: Partial<TrainingConfig> & Pick<TrainingConfig, 'batchSize' | 'gradientAccumulation'>;
  readonly steps: readonly { readonly loss: number; readonly learningRate: number; readonly gradientNorm: number }[];
}

/** A short training run as PyTorch did it. */
export interface GoldenRun {
  readonly vocabSize: number;
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  readonly steps: GoldenIndex['steps'];
  readonly initial: Weights;
  /** Of step 0, before clipping. */
  readonly gradients: Weights;
  readonly final: Weights;
  /** Of batch 0. */
  readonly logits: Float32Array; // [B, T, V]
  /** The batches of a step. */
  batchesOf(step: number): Batch[];
}

export async function loadGoldenRun(index: GoldenIndex, url: string): Promise<GoldenRun> {
  const arrays = await loadSafetensors(url);
  const { vocabSize, model, steps } = index;
  const accumulation = index.training.gradientAccumulation;
  return {
    vocabSize,
    model,
    steps,
    training: { ...DEFAULT_CONFIG.training, ...index.training },
    initial: weightsUnder(arrays, 'initial/'),
    gradients: weightsUnder(arrays, 'gradient/'),
    final: weightsUnder(arrays, 'final/'),
    logits: requireFloats(arrays, 'logits'),
    batchesOf: (step) =>
      Array.from({ length: accumulation }, (_, k) => batchAt(index, arrays, step * accumulation + k)),
  };
}

function batchAt(index: GoldenIndex, arrays: StoredArrays, place: number): Batch {
  const rows = index.training.batchSize;
  const size = rows * index.columns;
  const row = <T extends Float32Array | Int32Array>(values: T, length: number): T =>
    values.slice(place * length, (place + 1) * length) as T;
  const inputIds = row(requireInts(arrays, 'batches/inputIds'), size);
  const maskedPositions = row(requireInts(arrays, 'batches/maskedPositions'), index.maskedRows);
  const maskedWeights = row(requireFloats(arrays, 'batches/maskedWeights'), index.maskedRows);
  const chosen = new Uint8Array(size);
  for (const [place, position] of maskedPositions.entries()) if ((maskedWeights[place] ?? 0) > 0) chosen[position] = 1;
  return {
    rows,
    columns: index.columns,
    inputIds,
    attentionMask: row(requireInts(arrays, 'batches/attentionMask'), size),
    labels: row(requireInts(arrays, 'batches/labels'), size),
    chosen,
    maskedPositions,
    maskedWeights,
    tokens: inputIds.filter((id) => id !== PAD_ID).length,
    maskedCount: maskedWeights.filter((weight) => weight > 0).length,
  };
}

function requireFloats(arrays: StoredArrays, name: string): Float32Array {
  const values = arrays.get(name);
  if (values instanceof Float32Array) return values;
  throw new Error(`no float32 tensor ${name}`);
}

function requireInts(arrays: StoredArrays, name: string): Int32Array {
  const values = arrays.get(name);
  if (values instanceof Int32Array) return values;
  throw new Error(`no int32 tensor ${name}`);
}
