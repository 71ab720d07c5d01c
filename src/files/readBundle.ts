/** A model's folder, read and checked: config, tokenizer, weights, and what Folio wrote beside them. */
import { PAD_ID } from '../core/config.ts';
import { sizeOf } from '../model/value.ts';
import { tokenizerJson } from '../text/tokenizer/files.ts';
import { type BundleSource, missing, readTextFile } from './bundleSource.ts';
import { compareChecksums } from './checksums.ts';
import { CONFIG_NAME, type ReadConfig, readConfig, refuseConfig } from './configJson.ts';
import { type FileLayout, fileSpecs, type TokenizerOrigin, toEngine, unusedRows } from './fileLayout.ts';
import { readDocuments, readEventFiles } from './readDocuments.ts';
import { readTokenizer, TOKENIZER_CONFIG_NAME, TOKENIZER_FILES, tokenizerOfVocabulary } from './readTokenizer.ts';
import { refusal } from './refusals.ts';
import { takeParameters } from './takeParameters.ts';
import { TOKENIZER_NAME } from './tokenizerParts.ts';
import { readRunConfig } from './trainingArgs.ts';
import { assertSize, readWeightFiles } from './weightFiles.ts';

const LARGEST_CONFIG_BYTES = 1 << 20;
const LARGEST_TOKENIZER_BYTES = 64 * 2 ** 20;
/** What files of weights may hold beside them: their headers, position ids, a pooler, another head. */
const LARGEST_EXTRA_BYTES = 32 * 2 ** 20;

/** What a person said yes to after it was refused once. */
export interface Accepted {
  /** Files that differ from the list of checksums. */
  readonly unverified?: boolean;
  /** An encoder without a masked-LM head: it gets a new one. */
  readonly newHead?: boolean;
}

/** A model that was opened. */
export type ReadBundle = Awaited<ReturnType<typeof readBundle>>;

/**
 * Reads a model. Sizes are compared with what the config needs before the weights are read.
 * @param largestBytes what a model's weights may take in memory as float32
 * @throws StudioError with a `bundle…` code, naming file and field; `bundleChecksum` and `bundleNoHead` go away where `accepted`
 *   has what they ask for
 */
export async function readBundle(source: BundleSource, largestBytes: number, accepted: Accepted = {}) {
  const { checked, notices } = await compareChecksums(source, filesOfModel(source), accepted.unverified === true);
  const config = readConfig(await readTextFile(source, CONFIG_NAME, LARGEST_CONFIG_BYTES));
  const tokenizer = await readTokenizerOf(source, config);
  const weightBytes = 4 * parameterCount(config);
  assertSize(CONFIG_NAME, weightBytes, largestBytes);
  const tables = 4 * config.vocabSize * config.model.hiddenSize;
  // Twice, since they may be float64. An optimizer's moments beside them are as much again.
  const found = await readWeightFiles(source, 4 * (weightBytes + tables) + LARGEST_EXTRA_BYTES);
  const taken = takeParameters(found, config, accepted.newHead === true);
  const { layout, weights } = arrange(taken.parameters, config, tokenizer);
  const documents = await readDocuments(source);
  return {
    name: source.name,
    model: config.model,
    trained: tokenizer.trained,
    traits: tokenizer.traits,
    /** null where the files have Folio's own ids and order. */
    layout,
    /** Every parameter by its name, in the engine's order. */
    weights,
    /** Settings of the run behind it, where Folio wrote them. */
    run: readRunConfig(documents, config.model),
    /** README.md and the run's figures as they came, by name. */
    documents,
    /** TensorBoard's files of the run as they came, by path. */
    eventFiles: await readEventFiles(source),
    /** Whether every file that it is read from was compared with its checksum. */
    checked,
    /** Sentences on what was found and is no reason not to open it. */
    notices: [...notices, ...tokenizer.notices, ...taken.notices],
  };
}

const VOCABULARY_FILES = ['vocab.json', 'merges.txt', 'added_tokens.json'];

/** The files that a model is read from, whether they are there or not. */
function filesOfModel({ files }: BundleSource): string[] {
  const tokenizer = files.has(TOKENIZER_NAME) ? [TOKENIZER_NAME] : VOCABULARY_FILES;
  const weights = [...files.keys()].filter((path) => /^(model|pytorch_model)[^/]*\.(safetensors|bin|json)$/.test(path));
  return [CONFIG_NAME, ...tokenizer, TOKENIZER_CONFIG_NAME, ...weights];
}

type TokenizerOfSource = Awaited<ReturnType<typeof readTokenizerOf>>;

async function readTokenizerOf(source: BundleSource, { vocabSize, padId, model }: ReadConfig) {
  const files = new Map<string, string>();
  for (const name of TOKENIZER_FILES) {
    if (source.files.has(name)) files.set(name, await readTextFile(source, name, LARGEST_TOKENIZER_BYTES));
  }
  if (!files.has(TOKENIZER_NAME))
    files.set(TOKENIZER_NAME, await readVocabulary(source, files.get(TOKENIZER_CONFIG_NAME) ?? null));
  const tokenizer = readTokenizer(files, vocabSize, model.maxPositionEmbeddings - 2);
  const { fileIds } = tokenizer.traits;
  const pad = fileIds[PAD_ID];
  if (pad !== padId) {
    throw refuseConfig('pad_token_id', `is ${padId}, but ${TOKENIZER_NAME} has <pad> as ${pad}`);
  }
  const origin: TokenizerOrigin = { name: source.name, fileIds, padId, files: tokenizer.files };
  return { ...tokenizer, origin };
}

/** `tokenizer.json` out of vocabulary and merges, which `tokenizers` may have saved under a name: `my-vocab.json`. */
async function readVocabulary(source: BundleSource, config: string | null): Promise<string> {
  const paths = [...source.files.keys()].filter((path) => !path.includes('/'));
  const find = (name: string) => paths.find((path) => path === name) ?? paths.find((path) => path.endsWith(`-${name}`));
  const [vocab, merges, added] = VOCABULARY_FILES.map((name) => find(name));
  if (vocab === undefined || merges === undefined) throw noTokenizer(source, paths, vocab !== undefined);
  const read = (path: string) => readTextFile(source, path, LARGEST_TOKENIZER_BYTES);
  return tokenizerOfVocabulary({
    vocab: await read(vocab),
    merges: await read(merges),
    added: added === undefined ? null : await read(added),
    config,
  });
}

/** Tokenizers of other kinds, by the file that gives them away. */
const OTHER_TOKENIZERS: readonly (readonly [RegExp, what: string])[] = [
  [/^(sentencepiece\.bpe|spiece|spm|tokenizer)\.model$/, 'SentencePiece'],
  [/^vocab\.txt$/, 'WordPiece'],
];

function noTokenizer({ files, name }: BundleSource, paths: readonly string[], hasVocabulary: boolean): Error {
  if (hasVocabulary) return missing(files, name, 'merges.txt');
  if (paths.includes('merges.txt')) return missing(files, name, 'vocab.json');
  for (const [pattern, what] of OTHER_TOKENIZERS) {
    const found = paths.find((path) => pattern.test(path));
    if (found !== undefined)
      return refusal('bundleTokenizer', found, '', `is a ${what} tokenizer, not a byte-level BPE`);
  }
  return missing(files, name, TOKENIZER_NAME);
}

function parameterCount(config: ReadConfig): number {
  return fileSpecs(config.model, config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
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
