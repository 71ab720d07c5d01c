/** The command line of `npm run train`, as plain data. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import {
  configForPreset,
  type Initialization,
  type MaskingStrategy,
  type PipelineConfig,
  PRESET_NAMES,
  type PresetName,
  type RunConfig,
  type Schedule,
} from '../core/config.ts';
import { BACKEND_NAMES, type BackendChoice } from '../core/device.ts';
import { DEFAULT_EXPORT, type ExportOptions, ONNX_PRECISIONS, WEIGHT_FORMATS } from '../core/export/options.ts';
import { validateRunConfig } from '../core/validation.ts';
import { freeOutputFolder, UsageError, writableFile } from './usage.ts';

export interface TrainRequest {
  readonly corpusPaths: readonly string[];
  readonly outPath: string;
  readonly casesPath: string | null;
  readonly backend: BackendChoice;
  readonly config: RunConfig;
  readonly exported: ExportOptions;
}

const BACKENDS = ['auto', ...BACKEND_NAMES] as const;

/** Every option: its type for `parseArgs`, what stands for its value, and what it is for. */
const OPTIONS = {
  corpus: ['FILE', 'text to train on, UTF-8; may be given several times'],
  out: ['DIR', 'folder for the trained model'],
  preset: ['NAME', `sizes to start from: ${PRESET_NAMES.join(', ')} (tiny)`],
  'vocab-size': ['N', 'entries of the vocabulary, special tokens and bytes included'],
  'min-frequency': ['N', 'a pair seen less often is not merged'],
  'held-out': ['SHARE', 'share of the documents kept from training, 0 to 0.5'],
  'split-seed': ['S', 'seed of the draw of held-out documents'],
  'seq-length': ['N', 'tokens in a row'],
  packing: ['NAME', 'packed or lines'],
  'masking-rate': ['SHARE', 'share of the tokens chosen for prediction'],
  'masking-strategy': ['NAME', 'bert (80/10/10), mask (all <mask>) or noUnchanged (90/10)'],
  'hidden-size': ['N', 'width of the model; the intermediate size follows, four times as wide'],
  layers: ['N', 'transformer blocks'],
  heads: ['N', 'attention heads'],
  'intermediate-size': ['N', 'width inside the feed-forward layers'],
  dropout: ['SHARE', 'of hidden states and of attention'],
  'attention-dropout': ['SHARE', 'of attention alone'],
  initialization: [
    'NAME',
    'normal (the library’s), neighbours (heads look beside them from the start) or auto (by width)',
  ],
  steps: ['N', 'optimizer steps'],
  'batch-size': ['N', 'rows in a batch'],
  'learning-rate': ['X', 'the highest one'],
  'warmup-steps': ['N', 'steps over which the learning rate rises (a tenth of the steps)'],
  schedule: ['NAME', 'linear, cosine or constant'],
  'weight-decay': ['X', 'of AdamW'],
  'clip-norm': ['X', 'gradients are scaled down to this norm; 0: not at all'],
  'eval-every': ['N', 'steps between two held-out passes; 0: only at both ends'],
  seed: ['S', 'seed of weights, order, masks and dropout'],
  backend: ['NAME', `${BACKENDS.join(', ')} (auto)`],
  weights: ['NAME', `numbers of model.safetensors: ${WEIGHT_FORMATS.join(' or ')} (float32)`],
  onnx: ['LIST', `ONNX files, with commas between: ${ONNX_PRECISIONS.join(', ')}, or none (fp32)`],
  cases: ['FILE', 'also write what the model says to some texts, for e2e/python/checkBundle.py'],
} as const satisfies Record<string, readonly [string, string]>;

type OptionName = keyof typeof OPTIONS;
type Values = Readonly<Partial<Record<OptionName, string>>> & { readonly corpus?: string };

/** What `--help` prints. */
export function trainHelp(): string {
  const lines = Object.entries(OPTIONS).map(([name, [value, text]]) => `  ${`--${name} ${value}`.padEnd(30)}${text}`);
  return `npm run train -- --corpus FILE --out DIR [options]\n\n${lines.join('\n')}\n`;
}

/**
 * Reads the command line. Paths are relative to `folder`.
 *
 * @returns null if help was asked for.
 * @throws UsageError, or StudioError with the code of the setting that is wrong.
 */
export function parseTrainArgs(args: readonly string[], folder: string): TrainRequest | null {
  const { values, corpora, help } = readOptions(args);
  if (help) return null;
  const corpusPaths = corpora.map((path) => readableFile(path, folder));
  if (corpusPaths.length === 0) throw new UsageError('--corpus is missing: name the text to train on.');
  if (values.out === undefined) throw new UsageError('--out is missing: name the folder for the trained model.');
  return {
    corpusPaths,
    outPath: freeOutputFolder(values.out, folder),
    casesPath: values.cases === undefined ? null : writableFile(values.cases, folder),
    backend: oneOf('backend', values.backend ?? 'auto', BACKENDS),
    config: validateRunConfig(readConfig(values)),
    exported: readExport(values),
  };
}

function readExport({ weights, onnx }: Values): ExportOptions {
  const listed = onnx === undefined ? DEFAULT_EXPORT.onnx : onnx === 'none' ? [] : onnx.split(',');
  return {
    weights: oneOf('weights', weights ?? DEFAULT_EXPORT.weights, WEIGHT_FORMATS),
    onnx: listed.map((name) => oneOf('onnx', name.trim(), ONNX_PRECISIONS)),
  };
}

function readOptions(args: readonly string[]): { values: Values; corpora: string[]; help: boolean } {
  const single = Object.keys(OPTIONS).map((name) => [name, { type: 'string', multiple: true }] as const);
  const options: NonNullable<ParseArgsConfig['options']> = {
    ...Object.fromEntries(single),
    help: { type: 'boolean', short: 'h' },
  };
  try {
    const { values } = parseArgs({ args: joinNegativeNumbers(args), options, strict: true, allowPositionals: false });
    const { help, ...given } = values as Record<string, string[]> & { help?: unknown };
    // As in most programs, an option that is given again replaces the one before.
    const last = Object.fromEntries(Object.entries(given).map(([name, list]) => [name, list.at(-1)]));
    return { values: last as Values, corpora: given['corpus'] ?? [], help: help === true };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    // Node's words go on with advice for programmers.
    throw new UsageError(`${message.split(/\.\s|\n/)[0]?.replace(/\.$/, '')}.`);
  }
}

/** `--steps -5` is a wrong number, and not two options. */
function joinNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const previous = joined.at(-1);
    const startsValue = /^-[\d.]/.test(arg) && previous?.startsWith('--') && !previous.includes('=');
    if (startsValue) joined[joined.length - 1] = `${previous}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function readableFile(path: string, folder: string): string {
  const full = resolve(folder, path);
  if (!existsSync(full)) throw new UsageError(`There is no file ${path}.`);
  if (!statSync(full).isFile()) throw new UsageError(`${path} is not a file.`);
  return full;
}

function oneOf<const T extends string>(option: OptionName, value: string, names: readonly T[]): T {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new UsageError(`--${option} can't be "${value}": it can be ${names.join(', ')}.`);
  return found;
}

/** The preset's settings with those of the command line in their place; nothing is checked yet but that numbers are numbers. */
function readConfig(values: Values): RunConfig {
  const preset: PresetName = oneOf('preset', values.preset ?? 'tiny', PRESET_NAMES);
  const base = configForPreset(preset);
  const number = (option: OptionName, fallback: number): number => {
    const text = values[option];
    if (text === undefined) return fallback;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) throw new UsageError(`--${option} can't be "${text}": it needs a number.`);
    return value;
  };
  const seqLength = number('seq-length', base.pipeline.seqLength);
  const steps = number('steps', base.training.steps);
  return {
    data: {
      heldOutShare: number('held-out', base.data.heldOutShare),
      splitSeed: number('split-seed', base.data.splitSeed),
    },
    tokenizer: {
      vocabSize: number('vocab-size', base.tokenizer.vocabSize),
      minFrequency: number('min-frequency', base.tokenizer.minFrequency),
    },
    pipeline: {
      ...base.pipeline,
      seqLength,
      packing: (values.packing ?? base.pipeline.packing) as PipelineConfig['packing'],
      maskingRate: number('masking-rate', base.pipeline.maskingRate),
      maskingStrategy: (values['masking-strategy'] ?? base.pipeline.maskingStrategy) as MaskingStrategy,
    },
    model: readModel(base, seqLength, values, number),
    training: {
      ...base.training,
      steps,
      batchSize: number('batch-size', base.training.batchSize),
      learningRate: number('learning-rate', base.training.learningRate),
      warmupSteps: number('warmup-steps', Math.max(0, Math.round(steps / 10))),
      schedule: (values.schedule ?? base.training.schedule) as Schedule,
      weightDecay: number('weight-decay', base.training.weightDecay),
      clipNorm: number('clip-norm', base.training.clipNorm),
      seed: number('seed', base.training.seed),
      evalEvery: number('eval-every', base.training.evalEvery),
    },
  };
}

function readModel(
  base: RunConfig,
  seqLength: number,
  values: Values,
  number: (option: OptionName, fallback: number) => number,
): RunConfig['model'] {
  const hiddenSize = number('hidden-size', base.model.hiddenSize);
  const dropout = number('dropout', base.model.hiddenDropoutProb);
  return {
    ...base.model,
    hiddenSize,
    numHiddenLayers: number('layers', base.model.numHiddenLayers),
    numAttentionHeads: number('heads', base.model.numAttentionHeads),
    intermediateSize: number('intermediate-size', 4 * hiddenSize),
    maxPositionEmbeddings: seqLength + 2,
    hiddenDropoutProb: dropout,
    attentionProbsDropoutProb: number(
      'attention-dropout',
      values.dropout === undefined ? base.model.attentionProbsDropoutProb : dropout,
    ),
    initialization: (values.initialization ?? base.model.initialization) as Initialization,
  };
}
