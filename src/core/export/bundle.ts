/** The folder that `from_pretrained` loads: values in, bytes out, a piece at a time. */
import { PAD_ID } from '../config.ts';
import { parameterSpecs } from '../model/parameters.ts';
import type { EncodedDocuments } from '../pipeline/encodeDocuments.ts';
import type { TrainedBpe } from '../tokenizer/bpeTrainer.ts';
import { mergesTxt, specialTokensMapJson, tokenizerConfigJson, tokenizerJson, vocabJson } from '../tokenizer/files.ts';
import type { Bytes, ReadTensor } from './bytes.ts';
import { withChecksums } from './checksums.ts';
import { configJson } from './configJson.ts';
import { evaluationJson } from './evaluationJson.ts';
import { metricsCsv } from './metricsCsv.ts';
import { modelCard } from './modelCard.ts';
import { onnxFile } from './onnx/onnxFile.ts';
import { type ExportOptions, ONNX_PRECISIONS, type OnnxPrecision } from './options.ts';
import type { ExportedRun } from './run.ts';
import { safetensorsFile } from './safetensors.ts';
import { trainingArgsJson } from './trainingArgs.ts';
import { javascriptUse, pythonUse } from './useScripts.ts';

export interface BundleInput {
  readonly run: ExportedRun;
  readonly tokenizer: TrainedBpe;
  /** The weights by name in the state dict, read while they are written. */
  readonly read: ReadTensor;
  readonly options: ExportOptions;
  /** null where nothing is held out. */
  readonly heldOut: EncodedDocuments | null;
}

export interface BundleEntry {
  /** Within the folder, with forward slashes. */
  readonly path: string;
  /** What it is and who needs it; one sentence. */
  readonly purpose: string;
  readonly sizeBytes: number;
  /** Its bytes. To be read once, in the order of the entries. */
  chunks(): AsyncIterable<Bytes>;
}

const ONNX_FILES: Readonly<Record<OnnxPrecision, { readonly path: string; readonly purpose: string }>> = {
  fp32: { path: 'onnx/model.onnx', purpose: 'The model in float32, for Transformers.js and onnxruntime.' },
  fp16: { path: 'onnx/model_fp16.onnx', purpose: 'The model with weights in float16: half the size.' },
  q8: {
    path: 'onnx/model_quantized.onnx',
    purpose: 'The model with matrices in int8: a quarter of the size, coarser.',
  },
};

/**
 * Every file of the bundle, in the order in which they have to be written.
 * @throws StudioError `modelTooLarge` if an ONNX file would be beyond what the format holds
 */
export function bundleFiles(input: BundleInput): BundleEntry[] {
  return withChecksums([...modelFiles(input), ...tokenizerFiles(input), ...documents(input), ...onnxFiles(input)]);
}

function modelFiles({ run, tokenizer, read, options }: BundleInput): BundleEntry[] {
  const { model } = run.config;
  const vocabSize = tokenizer.tokens.length;
  const weights = safetensorsFile(parameterSpecs(model, vocabSize), options.weights);
  return [
    text(
      'config.json',
      'The sizes of the model; Python builds it from this.',
      configJson(model, vocabSize, { weights: options.weights, onnx: onnxOf(options)[0] ?? 'fp32' }),
    ),
    {
      path: 'model.safetensors',
      purpose: 'The weights, for Python.',
      sizeBytes: weights.sizeBytes,
      chunks: () => weights.chunks(read),
    },
  ];
}

function tokenizerFiles({ run, tokenizer }: BundleInput): BundleEntry[] {
  return [
    text('tokenizer.json', 'The whole tokenizer, for Python and JavaScript.', tokenizerJson(tokenizer)),
    text(
      'tokenizer_config.json',
      'How the tokenizer is to be used; Python and JavaScript need it beside the tokenizer.',
      tokenizerConfigJson(run.config.model.maxPositionEmbeddings - 2),
    ),
    text('vocab.json', 'The vocabulary with its ids, for older Python tokenizers.', vocabJson(tokenizer)),
    text('merges.txt', 'The merges in order, for older Python tokenizers.', mergesTxt(tokenizer)),
    text('special_tokens_map.json', 'The special tokens by role, for older Python tokenizers.', specialTokensMapJson()),
  ];
}

const EVALUATION_PURPOSE =
  'The held-out documents as token ids, and the masked places: to compute the held-out loss again elsewhere.';

function documents({ run, options, heldOut }: BundleInput): BundleEntry[] {
  const evaluation = evaluationJson(run, heldOut);
  const script =
    onnxOf(options).length === 0 ? [] : [text('use.mjs', 'Five lines that load it in JavaScript.', javascriptUse(run))];
  return [
    text('README.md', 'The model card, with the figures of this run; the Hugging Face Hub shows it.', modelCard(run)),
    text(
      'training_args.json',
      'Every setting, the split, the device and the seed, to repeat the run.',
      trainingArgsJson(run),
    ),
    text(
      'metrics.csv',
      'Loss, accuracy and speed by step, for a spreadsheet or pandas.',
      metricsCsv(run.points, run.heldOut),
    ),
    ...(evaluation === null ? [] : [text('evaluation.json', EVALUATION_PURPOSE, evaluation)]),
    text('use.py', 'Five lines that load it in Python.', pythonUse(run)),
    ...script,
  ];
}

function onnxFiles({ run, tokenizer, read, options }: BundleInput): BundleEntry[] {
  return onnxOf(options).map((precision) => {
    const file = onnxFile(run.config.model, tokenizer.tokens.length, PAD_ID, precision);
    return { ...ONNX_FILES[precision], sizeBytes: file.sizeBytes, chunks: () => file.chunks(read) };
  });
}

/** The chosen ONNX files, each once, the most exact one first. */
function onnxOf({ onnx }: ExportOptions): OnnxPrecision[] {
  return ONNX_PRECISIONS.filter((precision) => onnx.includes(precision));
}

function text(path: string, purpose: string, content: string): BundleEntry {
  const bytes = new TextEncoder().encode(content);
  return {
    path,
    purpose,
    sizeBytes: bytes.length,
    chunks: async function* () {
      yield bytes;
    },
  };
}
