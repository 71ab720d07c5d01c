/** The folder that `from_pretrained` loads: values in, bytes out. */
import { parameterSpecs } from '../model/parameters.ts';
import type { EncodedDocuments } from '../pipeline/encodeDocuments.ts';
import type { TrainedBpe } from '../tokenizer/bpeTrainer.ts';
import { mergesTxt, specialTokensMapJson, tokenizerConfigJson, tokenizerJson, vocabJson } from '../tokenizer/files.ts';
import { configJson } from './configJson.ts';
import { evaluationJson } from './evaluationJson.ts';
import { metricsCsv } from './metricsCsv.ts';
import { modelCard } from './modelCard.ts';
import type { ExportedRun } from './run.ts';
import { tensorsOf, writeSafetensors } from './safetensors.ts';
import { trainingArgsJson } from './trainingArgs.ts';

export interface BundleInput {
  readonly run: ExportedRun;
  readonly tokenizer: TrainedBpe;
  /** By name in the state dict. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** null where nothing is held out. */
  readonly heldOut: EncodedDocuments | null;
}

export interface BundleEntry {
  readonly path: string;
  /** What it is and who needs it; one sentence. */
  readonly purpose: string;
  readonly sizeBytes: number;
  /** To be written one after the other. Weights are views of the input, not copies. */
  readonly parts: readonly (string | Uint8Array<ArrayBuffer>)[];
}

/** Every file of the bundle. @throws StudioError `internal` if a weight is missing or misshapen */
export function bundleFiles({ run, tokenizer, weights, heldOut }: BundleInput): BundleEntry[] {
  const { model } = run.config;
  const vocabSize = tokenizer.tokens.length;
  const evaluation = evaluationJson(run, heldOut);
  const tensors = tensorsOf(parameterSpecs(model, vocabSize), weights);
  return [
    entry('config.json', 'The sizes of the model; Python builds it from this.', configJson(model, vocabSize)),
    entry('model.safetensors', 'The weights, for Python.', ...writeSafetensors(tensors)),
    entry('tokenizer.json', 'The whole tokenizer, for Python and JavaScript.', tokenizerJson(tokenizer)),
    entry(
      'tokenizer_config.json',
      'How the tokenizer is to be used; Python and JavaScript need it beside the tokenizer.',
      tokenizerConfigJson(model.maxPositionEmbeddings - 2),
    ),
    entry('vocab.json', 'The vocabulary with its ids, for older Python tokenizers.', vocabJson(tokenizer)),
    entry('merges.txt', 'The merges in order, for older Python tokenizers.', mergesTxt(tokenizer)),
    entry(
      'special_tokens_map.json',
      'The special tokens by role, for older Python tokenizers.',
      specialTokensMapJson(),
    ),
    entry('README.md', 'The model card, with the figures of this run; the Hugging Face Hub shows it.', modelCard(run)),
    entry(
      'training_args.json',
      'Every setting, the split, the device and the seed, to repeat the run.',
      trainingArgsJson(run),
    ),
    entry(
      'metrics.csv',
      'Loss, accuracy and speed by step, for a spreadsheet or pandas.',
      metricsCsv(run.points, run.heldOut),
    ),
    ...(evaluation === null
      ? []
      : [
          entry(
            'evaluation.json',
            'The held-out documents as token ids, and the masked places: to compute the held-out loss again elsewhere.',
            evaluation,
          ),
        ]),
  ];
}

function entry(path: string, purpose: string, ...parts: (string | Uint8Array<ArrayBuffer>)[]): BundleEntry {
  const encoder = new TextEncoder();
  const lengthOf = (part: string | Uint8Array): number =>
    typeof part === 'string' ? encoder.encode(part).length : part.byteLength;
  return { path, purpose, sizeBytes: parts.reduce((sum, part) => sum + lengthOf(part), 0), parts };
}
