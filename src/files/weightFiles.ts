/** The weights of a model's folder: which files hold them, in one piece or several, and what is said where none does. */
import * as v from 'valibot';
import { isGzip } from '../core/bytes.ts';
import { isArchiveName } from './archives.ts';
import { type BundleSource, missing, readModelFile, readTextFile } from './bundleSource.ts';
import { megabytes, readJson, refusal, shorten, table } from './refusals.ts';
import { readSafetensors, type StoredTensor, WEIGHTS_NAME } from './safetensors.ts';
import { isTorchFile, readTorchFile } from './torchFile.ts';

/** A tensor, and the file that it came from. */
export interface FoundTensor extends StoredTensor {
  readonly file: string;
}

export type FoundTensors = Map<string, FoundTensor>;

const LARGEST_INDEX_BYTES = 16 * 2 ** 20;
const INDEX_ENDING = '.index.json';
/** Files of one model in several pieces. @example model-00001-of-00002.safetensors */
const SHARD = /^(.+)-(\d{5})-of-(\d{5})(\.\w+)$/;
/** Weights by the names that libraries give them, the likeliest first. */
const NAMES = [WEIGHTS_NAME, `${WEIGHTS_NAME}${INDEX_ENDING}`, 'pytorch_model.bin', `pytorch_model.bin${INDEX_ENDING}`];
/** What a Trainer keeps beside the weights. */
const NOT_WEIGHTS =
  /^(training_args\.bin|optimizer\.(pt|bin|safetensors)|scheduler\.pt|scaler\.pt|rng_state.*\.pth|adapter_model\..*|openvino_model\.bin)$/;

/**
 * Every tensor of the model, by its name in the state dict, whatever a file calls it.
 * @param largestBytes what the files may have together
 * @throws StudioError `bundleFileMissing`, `bundleForm`, `bundleRuntime`, `bundleAdapter`, `bundleTooLarge`, `bundleWeights`, `bundleNotTheFile`
 */
export async function readWeightFiles(source: BundleSource, largestBytes: number): Promise<FoundTensors> {
  const paths = await weightFiles(source);
  const tensors: FoundTensors = new Map();
  let left = largestBytes;
  for (const path of paths) {
    const file = await readModelFile(source, path, left);
    left -= file.length;
    for (const [name, tensor] of await readTensors(path, file)) {
      const known = tensors.get(name);
      if (known !== undefined) throw refusal('bundleWeights', path, name, `is in ${known.file} as well`);
      tensors.set(name, { ...tensor, file: path });
    }
  }
  return byPlainName(tensors);
}

async function readTensors(path: string, file: Uint8Array<ArrayBuffer>): Promise<Map<string, StoredTensor>> {
  if (isGzip(file)) throw refusal('bundleUnpack', path, '', 'is compressed with gzip');
  // People rename files; what is in them tells. A safetensors file has its JSON after eight bytes.
  const isSafetensors = path.endsWith('.safetensors') ? !isTorchFile(file) : file[8] === 0x7b && !isTorchFile(file);
  return isSafetensors ? readSafetensors(path, file) : readTorchFile(path, file);
}

/** Paths of the files, every one of which is there. */
async function weightFiles(source: BundleSource): Promise<string[]> {
  const named = NAMES.find((name) => source.files.has(name));
  const paths = [...source.files.keys()].filter((path) => !path.includes('/'));
  if (named === undefined) return weightsUnderOtherNames(source, paths);
  if (!named.endsWith(INDEX_ENDING)) return [named];
  const shards = await shardsOfIndex(source, named);
  const absent = shards.find((shard) => !source.files.has(shard));
  if (absent === undefined) return shards;
  const hint = missing(source.files, source.name, absent);
  if (!hint.message.endsWith('is missing')) throw hint;
  const count = shards.filter((shard) => source.files.has(shard)).length;
  const reason = `is missing; ${named} lists it as one of ${shards.length} weight files; ${count} of them ${count === 1 ? 'was' : 'were'} found`;
  throw refusal('bundleFileMissing', source.name, absent, reason);
}

const indexSchema = v.object({ weight_map: table });

async function shardsOfIndex(source: BundleSource, path: string): Promise<string[]> {
  const text = await readTextFile(source, path, LARGEST_INDEX_BYTES);
  const { weight_map: map } = readJson('bundleWeights', path, indexSchema, text);
  const shards = [...new Set<unknown>(Object.values(map))].filter((shard) => typeof shard === 'string');
  if (shards.length === 0) throw refusal('bundleWeights', path, 'weight_map', 'names no files');
  return shards.sort();
}

/** A whole set of pieces without their index, or the one file that can hold weights. */
function weightsUnderOtherNames(source: BundleSource, paths: readonly string[]): string[] {
  const shard = paths.map((path) => SHARD.exec(path)).find((match) => match !== null);
  if (shard) return shardsOfSet(source, shard);
  const candidates = (ending: RegExp) => paths.filter((path) => ending.test(path) && !NOT_WEIGHTS.test(path));
  for (const ending of [/\.safetensors$/, /\.(bin|pt|pth|ckpt)$/]) {
    const [only, another] = candidates(ending);
    if (another !== undefined) {
      const reason = `is missing, and several files may hold the weights: ${candidates(ending).slice(0, 5).join(', ')}`;
      throw refusal('bundleFileMissing', source.name, WEIGHTS_NAME, reason);
    }
    if (only !== undefined) return [only];
  }
  throw noWeights(source);
}

function shardsOfSet(source: BundleSource, [, stem = '', , count = '', ending = '']: RegExpExecArray): string[] {
  const total = Number(count);
  if (total > source.files.size) {
    throw refusal(
      'bundleFileMissing',
      source.name,
      `${stem}-…-of-${count}${ending}`,
      'are incomplete: some files of the set are missing',
    );
  }
  return Array.from({ length: total }, (_, index) => {
    const path = `${stem}-${String(index + 1).padStart(5, '0')}-of-${count}${ending}`;
    if (source.files.has(path)) return path;
    throw refusal('bundleFileMissing', source.name, path, `is missing, one of ${total} weight files`);
  });
}

/** Weights of other libraries, by the file that gives them away, and in whose words. */
const OTHER_FORMS: readonly (readonly [RegExp, code: 'bundleForm' | 'bundleRuntime', what: string])[] = [
  [
    /(^|\/)(tf_model\.h5|saved_model\.pb|.*\.keras|.*\.ckpt\.(index|data-.*))$/,
    'bundleForm',
    'contains TensorFlow weights',
  ],
  [/(^|\/)flax_model.*\.msgpack$/, 'bundleForm', 'contains Flax weights'],
  [
    /(^|\/)mp_rank_\d+_model_states\.pt$/,
    'bundleForm',
    'is part of a DeepSpeed checkpoint, which zero_to_fp32.py can merge',
  ],
  [/\.distcp$/, 'bundleForm', 'is part of a distributed PyTorch checkpoint'],
  [/\.h5$/, 'bundleForm', 'contains Keras or TensorFlow weights'],
  [/\.npz$/, 'bundleForm', 'contains NumPy or MLX arrays'],
  [/(^|\/)rust_model\.ot$/, 'bundleRuntime', 'contains weights for Rust (rust-bert)'],
  [/\.gguf$/, 'bundleRuntime', 'is a GGUF model, for llama.cpp'],
  [/\.onnx$/, 'bundleRuntime', 'is an ONNX model, which can be run but not trained'],
  [/(^|\/)openvino_model\.(xml|bin)$/, 'bundleRuntime', 'is an OpenVINO model'],
  [/\.mlmodel$|\.mlpackage\//, 'bundleRuntime', 'is a Core ML model'],
  [/\.tflite$/, 'bundleRuntime', 'is a TensorFlow Lite model'],
];

function noWeights(source: BundleSource): Error {
  const paths = [...source.files.keys()];
  if (paths.includes('adapter_config.json')) {
    return refusal('bundleAdapter', source.name, '', 'is an adapter (LoRA or another PEFT method), not a whole model');
  }
  for (const [pattern, code, what] of OTHER_FORMS) {
    const found = paths.find((path) => pattern.test(path));
    if (found !== undefined) return refusal(code, found, '', `${what}; ${WEIGHTS_NAME} is missing`);
  }
  const packed = paths.find((path) => !path.includes('/') && isArchiveName(path));
  if (packed !== undefined) {
    return refusal('bundleUnpack', packed, '', `is an archive beside the model, but ${WEIGHTS_NAME} is missing`);
  }
  return missing(source.files, source.name, WEIGHTS_NAME);
}

/** @throws StudioError `bundleTooLarge` */
export function assertSize(file: string, bytes: number, largestBytes: number): void {
  if (bytes <= largestBytes) return;
  const reason = `has ${megabytes(bytes)} of weights; the limit on this device is ${megabytes(largestBytes)}`;
  throw refusal('bundleTooLarge', file, 'the model', reason);
}

/** What PyTorch's wrappers put between the parts of a name. */
const WRAPPERS = /(^|\.)(module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)(?=\.)/g;
/** A model within somebody's own has that one's name for it first. */
const WITHIN =
  /^(?:.*?\.)??(?:roberta\.(?=(?:embeddings|encoder|pooler)\.)|(?=(?:embeddings|encoder\.layer|pooler)\.|lm_head\.))/;
const OLD_ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/(LayerNorm|layer_norm)\.gamma$/, '$1.weight'],
  [/(LayerNorm|layer_norm)\.beta$/, '$1.bias'],
];

/**
 * The name in the state dict of a RobertaForMaskedLM; what belongs to no part of it stays as it is.
 * @example plainName('_orig_mod.module.roberta.embeddings.LayerNorm.gamma') === 'roberta.embeddings.LayerNorm.weight'
 */
function plainName(name: string): string {
  const unwrapped = name.replace(WRAPPERS, '').replace(/^\./, '');
  const match = WITHIN.exec(unwrapped);
  if (match === null) return unwrapped;
  const inner = unwrapped.slice(match[0].length);
  const renamed = OLD_ENDINGS.reduce((text, [old, now]) => text.replace(old, now), inner);
  return renamed.startsWith('lm_head.') ? renamed : `roberta.${renamed}`;
}

/** Tensors by their plain names. @throws StudioError `bundleWeights` where two have the same */
function byPlainName(tensors: FoundTensors): FoundTensors {
  const named: FoundTensors = new Map();
  const originals = new Map<string, string>();
  for (const [name, tensor] of tensors) {
    const plain = plainName(name);
    const known = named.get(plain);
    if (known !== undefined && !isSame(known, tensor)) {
      const reason = `and ${shorten(originals.get(plain) ?? '')} both map to ${plain}, with different values`;
      throw refusal('bundleWeights', tensor.file, name, reason);
    }
    named.set(plain, tensor);
    originals.set(plain, name);
  }
  return named;
}

function isSame(one: FoundTensor, other: FoundTensor): boolean {
  return (
    one.dtype === other.dtype &&
    one.bytes.length === other.bytes.length &&
    one.bytes.every((byte, place) => byte === other.bytes[place])
  );
}
