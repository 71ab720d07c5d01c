/** The command line of `npm run train`, as plain data. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { configForPreset, PRESET_NAMES, type RunConfig, warmupFor } from '../src/core/config.ts';
import { BACKEND_NAMES, type BackendChoice } from '../src/core/device.ts';
import {
  DEFAULT_EXPORT,
  EXTRA_FILES,
  type ExportOptions,
  ONNX_PRECISIONS,
  WEIGHT_FORMATS,
} from '../src/core/export/options.ts';
import { validateRunConfig } from '../src/core/validation.ts';
import { freeOutputFolder, UsageError, writableFile } from './usage.ts';

export interface TrainRequest {
  readonly corpusPaths: readonly string[];
  readonly outPath: string;
  readonly casesPath: string | null;
  readonly backend: BackendChoice;
  readonly config: RunConfig;
  /** Whether the vocabulary's size is to follow from the text's. */
  readonly suggestsVocabSize: boolean;
  /** Whether the steps are. */
  readonly suggestsSteps: boolean;
  /** Whether the warm-up is to follow from the steps. */
  readonly suggestsWarmup: boolean;
  readonly exported: ExportOptions;
}

const BACKENDS = ['auto', ...BACKEND_NAMES] as const;

/** Every option: what stands for its value, what it is for, and the setting that it is where it is one. */
const OPTIONS = {
  corpus: ['FILE', 'text to train on, UTF-8; may be given several times'],
  out: ['DIR', 'folder for the trained model'],
  preset: ['NAME', `sizes to start from: ${PRESET_NAMES.join(', ')} (tiny)`],
  'vocab-size': [
    'N',
    'entries of the vocabulary, special tokens and bytes included (from the text’s size)',
    'tokenizer.vocabSize',
  ],
  'min-frequency': ['N', 'a pair seen less often is not merged', 'tokenizer.minFrequency'],
  'held-out': ['SHARE', 'share of the documents kept from training, 0 to 0.5', 'data.heldOutShare'],
  'split-seed': ['S', 'seed of the draw of held-out documents', 'data.splitSeed'],
  'seq-length': ['N', 'tokens in a row', 'pipeline.seqLength'],
  packing: ['NAME', 'packed or lines', 'pipeline.packing'],
  'masking-rate': ['SHARE', 'share of the tokens chosen for prediction', 'pipeline.maskingRate'],
  'masking-strategy': ['NAME', 'bert (80/10/10), mask (all <mask>) or noUnchanged (90/10)', 'pipeline.maskingStrategy'],
  'masking-unit': ['NAME', 'what is hidden together: token, word or span', 'pipeline.maskingUnit'],
  masking: ['NAME', 'dynamic (anew every epoch) or static (drawn once)', 'pipeline.masking'],
  'loss-positions': ['NAME', 'masked (those chosen) or all, padding included', 'pipeline.lossPositions'],
  'hidden-size': ['N', 'width of the model; the intermediate size follows, four times as wide', 'model.hiddenSize'],
  layers: ['N', 'transformer blocks', 'model.numHiddenLayers'],
  heads: ['N', 'attention heads', 'model.numAttentionHeads'],
  'intermediate-size': ['N', 'width inside the feed-forward layers', 'model.intermediateSize'],
  positions: ['N', 'positions (the row length and 2)', 'model.maxPositionEmbeddings'],
  dropout: ['SHARE', 'of hidden states and of attention', 'model.hiddenDropoutProb'],
  'attention-dropout': ['SHARE', 'of attention alone', 'model.attentionProbsDropoutProb'],
  'layer-norm-epsilon': ['X', 'added to the variance', 'model.layerNormEps'],
  initialization: ['NAME', 'normal (the library’s), scaled, neighbours or auto (by width)', 'model.initialization'],
  'initializer-range': ['X', 'deviation of the library’s initial weights', 'model.initializerRange'],
  steps: ['N', 'optimizer steps (from the text’s size)', 'training.steps'],
  'batch-size': ['N', 'rows in a batch', 'training.batchSize'],
  'gradient-accumulation': ['N', 'batches in a step', 'training.gradientAccumulation'],
  'learning-rate': ['X', 'the highest one', 'training.learningRate'],
  'warmup-steps': ['N', 'steps over which the learning rate rises (a share of the steps)', 'training.warmupSteps'],
  schedule: ['NAME', 'linear, cosine, oneCycle or constant', 'training.schedule'],
  'weight-decay': ['X', 'of AdamW', 'training.weightDecay'],
  beta1: ['X', 'of AdamW', 'training.beta1'],
  beta2: ['X', 'of AdamW', 'training.beta2'],
  epsilon: ['X', 'of AdamW', 'training.epsilon'],
  'clip-norm': ['X', 'gradients are scaled down to this norm; 0: not at all', 'training.clipNorm'],
  'label-smoothing': ['SHARE', 'of each target, spread over the vocabulary', 'training.labelSmoothing'],
  'average-decay': ['X', 'exponential average of the weights, 0.99 and the like; 0: none', 'training.averageDecay'],
  'keep-weights': ['NAME', 'best (lowest held-out loss) or last', 'training.keepWeights'],
  patience: ['N', 'held-out passes without a lower loss before the run ends; 0: never', 'training.patience'],
  'eval-every': ['N', 'steps between two held-out passes; 0: only at both ends', 'training.evalEvery'],
  'log-every': ['N', 'steps between two readings of the loss', 'training.logEvery'],
  seed: ['S', 'seed of weights, order, masks and dropout', 'training.seed'],
  backend: ['NAME', `${BACKENDS.join(', ')} (auto)`],
  weights: ['NAME', `numbers of model.safetensors: ${WEIGHT_FORMATS.join(' or ')} (float32)`],
  onnx: ['LIST', `ONNX files, with commas between: ${ONNX_PRECISIONS.join(', ')}, or none (fp32)`],
  extras: ['LIST', `files that are written on request: ${EXTRA_FILES.join(', ')}`],
  cases: ['FILE', 'also write what the model says to some texts, for e2e/python/checkBundle.py'],
} as const satisfies Record<string, readonly [string, string, string?]>;

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
    suggestsVocabSize: values['vocab-size'] === undefined && values.preset !== 'notebook',
    suggestsWarmup: values['warmup-steps'] === undefined,
    suggestsSteps: values.steps === undefined && values.preset !== 'notebook',
    exported: readExport(values),
  };
}

function readExport({ weights, onnx, extras }: Values): ExportOptions {
  const listed = onnx === undefined ? DEFAULT_EXPORT.onnx : onnx === 'none' ? [] : onnx.split(',');
  return {
    weights: oneOf('weights', weights ?? DEFAULT_EXPORT.weights, WEIGHT_FORMATS),
    onnx: listed.map((name) => oneOf('onnx', name.trim(), ONNX_PRECISIONS)),
    extras: (extras?.split(',') ?? []).map((name) => oneOf('extras', name.trim(), EXTRA_FILES)),
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
  const base = configForPreset(oneOf('preset', values.preset ?? 'tiny', PRESET_NAMES));
  const settings = structuredClone(base) as unknown as Record<string, Record<string, string | number>>;
  const given = new Set<string>();
  for (const [option, [, , path]] of Object.entries<readonly [string, string, string?]>(OPTIONS)) {
    const text = values[option as OptionName];
    const [part = '', key = ''] = path?.split('.') ?? [];
    const group = settings[part];
    if (path === undefined || text === undefined || group === undefined) continue;
    group[key] = typeof group[key] === 'number' ? readNumber(option, text) : text;
    given.add(path);
  }
  return withFollowers(settings as unknown as RunConfig, base, given);
}

function readNumber(option: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new UsageError(`--${option} can't be "${text}": it needs a number.`);
  return value;
}

/** What follows from a setting that was given, where it was not given itself. */
function withFollowers(config: RunConfig, base: RunConfig, given: ReadonlySet<string>): RunConfig {
  const { model, pipeline, training } = config;
  const follow = (path: string, value: number, fallback: number): number => (given.has(path) ? fallback : value);
  const attention = given.has('model.hiddenDropoutProb')
    ? model.hiddenDropoutProb
    : base.model.attentionProbsDropoutProb;
  return {
    ...config,
    model: {
      ...model,
      intermediateSize: follow('model.intermediateSize', 4 * model.hiddenSize, model.intermediateSize),
      maxPositionEmbeddings: follow('model.maxPositionEmbeddings', pipeline.seqLength + 2, model.maxPositionEmbeddings),
      attentionProbsDropoutProb: follow('model.attentionProbsDropoutProb', attention, model.attentionProbsDropoutProb),
    },
    training: {
      ...training,
      warmupSteps: follow('training.warmupSteps', warmupFor(training.steps), training.warmupSteps),
    },
  };
}
