/** A model's folder, read and checked: config, tokenizer, weights, and what Folio wrote beside them. */
import { type ModelConfig, PAD_ID, type RunConfig } from '../core/config.ts';
import { WORD_TABLE } from '../model/roberta.ts';
import { sizeOf } from '../model/value.ts';
import type { TrainedBpe } from '../text/tokenizer/bpeTrainer.ts';
import { tokenizerJson } from '../text/tokenizer/files.ts';
import type { TokenizerTraits } from '../text/tokenizer/tokenizer.ts';
import type { Bytes } from './bundleEntry.ts';
import { type BundleSource, readFile, readTextFile } from './bundleSource.ts';
import { compareChecksums } from './checksums.ts';
import { CONFIG_NAME, type ReadConfig, readConfig, refuseConfig } from './configJson.ts';
import { readDocuments, readEventFiles } from './documents.ts';
import { type FileLayout, fileSpecs, type TokenizerOrigin, toEngine, unusedRows, WORD_BIAS } from './fileLayout.ts';
import {
  type ReadTokenizer,
  readTokenizer,
  TOKENIZER_CONFIG_NAME,
  TOKENIZER_FILES,
  TOKENIZER_NAME,
} from './readTokenizer.ts';
import { megabytes, refusal, shown } from './refusals.ts';
import { floatsOf, readSafetensors, refuseWeights, type StoredTensor, WEIGHTS_NAME } from './safetensors.ts';
import { readRunConfig } from './trainingArgs.ts';

const LARGEST_CONFIG_BYTES = 1 << 20;
const LARGEST_TOKENIZER_BYTES = 64 * 2 ** 20;
/** What a safetensors file may hold beside the weights: its header, position ids, a pooler, a second copy of the word table. */
const LARGEST_EXTRA_BYTES = 32 * 2 ** 20;

/** A model that was opened. */
export interface ReadBundle {
  readonly name: string;
  readonly model: ModelConfig;
  readonly trained: TrainedBpe;
  readonly traits: TokenizerTraits;
  /** null where the files have Folio's own ids and order. */
  readonly layout: FileLayout | null;
  /** Every parameter by its name, in the engine's order. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** Settings of the run behind it, where Folio wrote them. */
  readonly run: { readonly config: RunConfig; readonly step: number } | null;
  /** README.md and the run's figures as they came, by name. */
  readonly documents: ReadonlyMap<string, string>;
  /** TensorBoard's files of the run as they came, by path. */
  readonly eventFiles: ReadonlyMap<string, Bytes>;
  /** Whether every file was compared with its checksum. */
  readonly checked: boolean;
}

/**
 * Reads a model. Sizes are compared with what the config needs before the weights are read.
 * @param largestBytes what a model's weights may take in memory as float32
 * @throws StudioError with a `bundle…` code, naming file and field
 */
export async function readBundle(source: BundleSource, largestBytes: number): Promise<ReadBundle> {
  const needed = [CONFIG_NAME, ...TOKENIZER_FILES, WEIGHTS_NAME];
  for (const name of [CONFIG_NAME, TOKENIZER_NAME]) assertThere(source, name);
  assertWeightsThere(source);
  const checked = await compareChecksums(source, needed);
  const config = readConfig(await readTextFile(source, CONFIG_NAME, LARGEST_CONFIG_BYTES));
  const tokenizer = await readTokenizerOf(source, config);
  const weightBytes = 4 * parameterCount(config);
  if (weightBytes > largestBytes) {
    const reason = `takes ${megabytes(weightBytes)} of weights; ${megabytes(largestBytes)} is the most that Folio opens here`;
    throw refusal('bundleTooLarge', CONFIG_NAME, 'the model', reason);
  }
  const tables = 4 * config.vocabSize * config.model.hiddenSize;
  const file = await readFile(source, WEIGHTS_NAME, weightBytes + tables + LARGEST_EXTRA_BYTES);
  const tensors = takeParameters(readSafetensors(file), config);
  const { layout, weights } = arrange(tensors, config, tokenizer);
  const documents = await readDocuments(source);
  return {
    name: source.name,
    model: config.model,
    trained: tokenizer.trained,
    traits: tokenizer.traits,
    layout,
    weights,
    run: readRunConfig(documents, config.model),
    documents,
    eventFiles: await readEventFiles(source),
    checked,
  };
}

function assertThere(source: BundleSource, name: string): void {
  if (!source.files.has(name)) throw refusal('bundleFileMissing', source.name, name, 'is missing');
}

function assertWeightsThere(source: BundleSource): void {
  if (source.files.has(WEIGHTS_NAME)) return;
  const other = [...source.files.keys()].find((path) => /\.(bin|pt|pth|ckpt|h5|msgpack|index\.json)$/.test(path));
  const reason = other === undefined ? 'is missing' : `is missing; ${other} is in a format that Folio does not read`;
  throw refusal('bundleFileMissing', source.name, WEIGHTS_NAME, reason);
}

interface TokenizerOfSource extends ReadTokenizer {
  readonly origin: TokenizerOrigin;
}

async function readTokenizerOf(source: BundleSource, { vocabSize, padId }: ReadConfig): Promise<TokenizerOfSource> {
  const files = new Map<string, string>();
  for (const name of TOKENIZER_FILES) {
    if (source.files.has(name)) files.set(name, await readTextFile(source, name, LARGEST_TOKENIZER_BYTES));
  }
  const tokenizer = readTokenizer(files.get(TOKENIZER_NAME) ?? '', files.get(TOKENIZER_CONFIG_NAME) ?? null, vocabSize);
  const { fileIds } = tokenizer.traits;
  const pad = fileIds[PAD_ID];
  if (pad !== padId) {
    throw refuseConfig('pad_token_id', `is ${padId}, and ${TOKENIZER_NAME} has <pad> as ${pad}`);
  }
  return { ...tokenizer, origin: { name: source.name, fileIds, padId, files } };
}

function parameterCount(config: ReadConfig): number {
  return fileSpecs(config.model, config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** What older versions and other heads leave in a file, and nobody needs. */
const LEFT_OVER = /^(roberta\.embeddings\.(position_ids|token_type_ids)|roberta\.pooler\.dense\.(weight|bias))$/;
/** The decoder is tied: the same numbers under a second name. */
const TIED: Readonly<Record<string, string>> = {
  [WORD_TABLE]: 'lm_head.decoder.weight',
  [WORD_BIAS]: 'lm_head.decoder.bias',
};

/** Every parameter of the model, as float32. @throws StudioError `bundleWeights` */
function takeParameters(tensors: Map<string, StoredTensor>, config: ReadConfig): Map<string, Float32Array> {
  const rest = new Map(tensors);
  const parameters = new Map<string, Float32Array>();
  for (const { name, shape } of fileSpecs(config.model, config)) {
    const twin = TIED[name];
    const found = [name, ...(twin === undefined ? [] : [twin])].filter((key) => rest.has(key));
    const [first, second] = found.map((key) => takeTensor(rest, key, shape));
    if (first === undefined) throw refuseWeights(name, 'is missing');
    if (second !== undefined && first.some((value, place) => value !== second[place])) {
      throw refuseWeights(String(twin), `differs from ${name}; Folio reads models in which they are tied`);
    }
    parameters.set(name, first);
  }
  const stray = [...rest.keys()].find((name) => !LEFT_OVER.test(name));
  if (stray !== undefined) throw refuseWeights(stray, 'is no part of the model that config.json describes');
  return parameters;
}

function takeTensor(rest: Map<string, StoredTensor>, name: string, shape: readonly number[]): Float32Array {
  const tensor = rest.get(name);
  rest.delete(name);
  if (tensor === undefined || tensor.shape.join() !== shape.join()) {
    const reason = `has the shape ${shown(tensor?.shape)}, and config.json asks for ${shown(shape)}`;
    throw refuseWeights(name, reason);
  }
  return floatsOf(name, tensor);
}

function arrange(
  tensors: ReadonlyMap<string, Float32Array>,
  { model, padId, vocabSize, tokenTypes }: ReadConfig,
  { trained, origin }: TokenizerOfSource,
): { layout: FileLayout | null; weights: Map<string, Float32Array> } {
  const H = model.hiddenSize;
  const weights = new Map([...tensors].map(([name, values]) => [name, toEngine(origin, name, values, H)]));
  const isOurs =
    vocabSize === trained.tokens.length &&
    tokenTypes === 1 &&
    origin.fileIds.every((id, ours) => id === ours) &&
    origin.files.get(TOKENIZER_NAME) === tokenizerJson(trained);
  return { layout: isOurs ? null : { origin, ...unusedRows(tensors, padId, H) }, weights };
}
