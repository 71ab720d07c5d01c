/** The folder that `from_pretrained` loads: values in, bytes out, a piece at a time. */
import { BOS_ID, EOS_ID, type ModelConfig, PAD_ID } from '../core/config.ts';
import type { TrainedBpe } from '../text/tokenizer/bpeTrainer.ts';
import {
  mergesTxt,
  specialTokensMapJson,
  tokenizerConfigJson,
  tokenizerJson,
  vocabJson,
} from '../text/tokenizer/files.ts';
import { type BundleEntry, type ReadTensor, textEntry } from './bundleEntry.ts';
import { withChecksums } from './checksums.ts';
import { configJson } from './configJson.ts';
import { type ExportOptions, type OnnxPrecision, onnxOf } from './exportOptions.ts';
import { type FileLayout, type FileSizes, fileModel, fileSpecs, sizesOf, toFile } from './fileLayout.ts';
import { onnxFile } from './onnx/onnxFile.ts';
import { safetensorsFile } from './safetensors.ts';

export interface BundleInput {
  readonly model: ModelConfig;
  readonly tokenizer: TrainedBpe;
  /** Where the files have other ids than the engine; null: they are the same. */
  readonly layout: FileLayout | null;
  /** The weights by name in the state dict, read while they are written. */
  readonly read: ReadTensor;
  readonly options: ExportOptions;
  /** What tells of the model: see `documents.ts`. */
  readonly documents: readonly BundleEntry[];
}

const ONNX_FILES: Readonly<Record<OnnxPrecision, { readonly path: string; readonly purpose: string }>> = {
  fp32: { path: 'onnx/model.onnx', purpose: 'The model in float32, for Transformers.js and onnxruntime.' },
  fp16: { path: 'onnx/model_fp16.onnx', purpose: 'The model with weights in float16: half the size.' },
  q8: {
    path: 'onnx/model_quantized.onnx',
    purpose: 'The model with matrices in int8: a quarter of the size, less precise.',
  },
};

/**
 * Every file of the bundle, in the order in which they have to be written.
 * @throws StudioError `modelTooLarge` if an ONNX file would be beyond what the format holds
 */
export function bundleFiles(input: BundleInput): BundleEntry[] {
  return withChecksums([...modelFiles(input), ...tokenizerFiles(input), ...input.documents, ...onnxFiles(input)]);
}

/** The sizes as the files have them. */
function sizes({ model, tokenizer, layout }: BundleInput): FileSizes {
  return sizesOf(layout, model.hiddenSize, tokenizer.tokens.length);
}

/** The weights as the files have them. */
function readForFile({ model, read }: BundleInput, layout: FileLayout | null): ReadTensor {
  if (layout === null) return read;
  return async (name) => toFile(layout, name, await read(name), model.hiddenSize);
}

function modelFiles(input: BundleInput): BundleEntry[] {
  const { model, layout, options } = input;
  const ofFile = sizes(input);
  const weights = safetensorsFile(fileSpecs(model, ofFile), options.weights);
  const idOf = (id: number): number => layout?.origin.fileIds[id] ?? id;
  const config = configJson(fileModel(model, ofFile.padId), ofFile.vocabSize, {
    weights: options.weights,
    onnx: onnxOf(options)[0] ?? 'fp32',
    ids: { bos: idOf(BOS_ID), pad: idOf(PAD_ID), eos: idOf(EOS_ID) },
    tokenTypes: ofFile.tokenTypes,
  });
  return [
    textEntry('config.json', 'The model’s sizes; Python builds the model from them.', config),
    {
      path: 'model.safetensors',
      purpose: 'The weights, for Python.',
      sizeBytes: weights.sizeBytes,
      chunks: () => weights.chunks(readForFile(input, layout)),
    },
  ];
}

/** The files of a tokenizer that was opened stay as they came, but for those that Folio adds. */
function tokenizerFiles({ model, tokenizer, layout }: BundleInput): BundleEntry[] {
  const inFile = layout === null ? tokenizer : { ...tokenizer, tokens: tokensInFile(tokenizer, layout) };
  const kept = layout?.origin.files;
  const config =
    kept?.get('tokenizer_config.json') ?? tokenizerConfigJson(model.maxPositionEmbeddings - 2, inFile.tokens);
  const roles = kept === undefined ? specialTokensMapJson() : kept.get('special_tokens_map.json');
  return [
    textEntry(
      'tokenizer.json',
      'The whole tokenizer, for Python and JavaScript.',
      kept?.get('tokenizer.json') ?? tokenizerJson(tokenizer),
    ),
    textEntry(
      'tokenizer_config.json',
      'How to use the tokenizer; Python and JavaScript need this beside tokenizer.json.',
      config,
    ),
    textEntry('vocab.json', 'The vocabulary with its IDs, for older Python tokenizers.', vocabJson(inFile)),
    textEntry('merges.txt', 'The merges in order, for older Python tokenizers.', mergesTxt(inFile)),
    ...(roles === undefined
      ? []
      : [textEntry('special_tokens_map.json', 'The special tokens by role, for older Python tokenizers.', roles)]),
  ];
}

function tokensInFile({ tokens }: TrainedBpe, { origin: { fileIds } }: FileLayout): string[] {
  const inFile = new Array<string>(tokens.length).fill('');
  for (const [ours, token] of tokens.entries()) inFile[fileIds[ours] ?? 0] = token;
  return inFile;
}

/** They read the first token type alone. */
function onnxFiles(input: BundleInput): BundleEntry[] {
  const { model, layout, options } = input;
  const { vocabSize, padId } = sizes(input);
  const read = readForFile(input, layout && { ...layout, unusedTypes: new Float32Array(0) });
  return onnxOf(options).map((precision) => {
    const file = onnxFile(fileModel(model, padId), vocabSize, padId, precision);
    return { ...ONNX_FILES[precision], sizeBytes: file.sizeBytes, chunks: () => file.chunks(read) };
  });
}
