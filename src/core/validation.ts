/**
 * Limits of every setting. Settings come from fields, links, files and the command line, so they are `unknown` until they
 * went through here.
 */
import * as v from 'valibot';
import {
  type DataConfig,
  type ModelConfig,
  type PipelineConfig,
  type RunConfig,
  type Schedule,
  SMALLEST_VOCAB_SIZE,
  type TokenizerConfig,
  type TrainingConfig,
} from './config.ts';
import { type ErrorCode, StudioError } from './errors.ts';

const LARGEST_SEED = 2 ** 32 - 1;

/** A number between two limits; the title is what a person calls it. */
const number = (title: string, minimum: number, maximum: number) =>
  v.pipe(v.number(), v.minValue(minimum), v.maxValue(maximum), v.title(title), v.metadata({ minimum, maximum }));

const whole = (title: string, minimum: number, maximum: number) =>
  v.pipe(
    v.number(),
    v.integer(),
    v.minValue(minimum),
    v.maxValue(maximum),
    v.title(title),
    v.metadata({ minimum, maximum, rule: `It can be a whole number from ${minimum} to ${maximum}.` }),
  );

const oneOf = <const T extends readonly string[]>(title: string, names: T) =>
  v.pipe(v.picklist(names), v.title(title), v.metadata({ rule: `It can be ${names.join(', ')}.` }));

const dataSchema = v.object({
  heldOutShare: number('Held-out share', 0, 0.5),
  splitSeed: whole('Split seed', 0, LARGEST_SEED),
});

const tokenizerSchema = v.object({
  vocabSize: whole('Vocabulary size', SMALLEST_VOCAB_SIZE, 200_000),
  minFrequency: whole('Minimum frequency', 1, 1_000_000),
});

const pipelineSchema = v.object({
  seqLength: whole('Sequence length', 8, 4096),
  packing: oneOf('Packing', ['packed', 'lines']),
  maskingRate: number('Masking rate', 0.01, 0.9),
  maskingStrategy: oneOf('Masking strategy', ['bert', 'mask', 'noUnchanged']),
  maskingUnit: oneOf('Masking unit', ['token', 'word', 'span']),
  masking: oneOf('Masking', ['dynamic', 'static']),
  lossPositions: oneOf('Loss positions', ['masked', 'all']),
});

const modelSchema = v.object({
  hiddenSize: whole('Hidden size', 4, 8192),
  numHiddenLayers: whole('Layers', 1, 64),
  numAttentionHeads: whole('Attention heads', 1, 128),
  intermediateSize: whole('Intermediate size', 1, 32_768),
  maxPositionEmbeddings: whole('Positions', 10, 8194),
  hiddenDropoutProb: number('Hidden dropout', 0, 0.9),
  attentionProbsDropoutProb: number('Attention dropout', 0, 0.9),
  layerNormEps: number('LayerNorm epsilon', 1e-12, 0.1),
  initialization: oneOf('Initial weights', ['auto', 'normal', 'scaled', 'neighbours']),
  initializerRange: number('Initializer range', 0.0001, 1),
});

/** All but the range test's own. */
const RUN_SCHEDULES: readonly Schedule[] = ['linear', 'cosine', 'oneCycle', 'constant'];

const trainingSchema = v.object({
  steps: whole('Steps', 1, 1_000_000),
  batchSize: whole('Batch size', 1, 4096),
  gradientAccumulation: whole('Gradient accumulation', 1, 1024),
  learningRate: number('Learning rate', 0, 10),
  warmupSteps: whole('Warm-up steps', 0, 1_000_000),
  schedule: oneOf('Schedule', RUN_SCHEDULES),
  weightDecay: number('Weight decay', 0, 1),
  beta1: number('Beta 1', 0, 0.9999),
  beta2: number('Beta 2', 0, 0.999999),
  epsilon: number('Epsilon', 1e-12, 0.1),
  clipNorm: number('Gradient clipping', 0, 1_000_000),
  labelSmoothing: number('Label smoothing', 0, 0.5),
  averageDecay: number('Average of the weights', 0, 0.9999),
  keepWeights: oneOf('Weights kept', ['best', 'last']),
  patience: whole('Patience', 0, 10_000),
  seed: whole('Seed', 0, LARGEST_SEED),
  logEvery: whole('Log every', 1, 1_000_000),
  evalEvery: whole('Evaluate every', 0, 1_000_000),
  saveEvery: whole('Save every', 0, 86_400),
});

/** One schema a part of a run's settings; each entry has its title and its limits (`v.getTitle`, `v.getMetadata`). */
export const SETTINGS_SCHEMAS = {
  data: dataSchema,
  tokenizer: tokenizerSchema,
  pipeline: pipelineSchema,
  model: modelSchema,
  training: trainingSchema,
} as const;

/** @throws StudioError `dataSettings` */
export function validateDataConfig(value: unknown): DataConfig {
  return parse(dataSchema, value, 'dataSettings');
}

/** @throws StudioError `tokenizerSettings` */
export function validateTokenizerConfig(value: unknown): TokenizerConfig {
  return parse(tokenizerSchema, value, 'tokenizerSettings');
}

/**
 * @param model the model that is to read the rows, where there is one
 * @throws StudioError `pipelineSettings`
 */
export function validatePipelineConfig(value: unknown, model?: ModelConfig): PipelineConfig {
  const pipeline = parse(pipelineSchema, value, 'pipelineSettings');
  if (model !== undefined && pipeline.seqLength + 2 > model.maxPositionEmbeddings) {
    refuse('pipelineSettings', pipelineSchema, 'seqLength', pipeline.seqLength, {
      maximum: model.maxPositionEmbeddings - 2,
      rule: `A model with ${model.maxPositionEmbeddings} positions reads ${model.maxPositionEmbeddings - 2} tokens at most.`,
    });
  }
  return pipeline;
}

/** @throws StudioError `modelSettings` */
export function validateModelConfig(value: unknown): ModelConfig {
  const model = parse(modelSchema, value, 'modelSettings');
  if (model.hiddenSize % model.numAttentionHeads !== 0) {
    refuse('modelSettings', modelSchema, 'numAttentionHeads', model.numAttentionHeads, {
      rule: `It has to divide the hidden size, ${model.hiddenSize}.`,
    });
  }
  return model;
}

/** @throws StudioError `trainingSettings` */
export function validateTrainingConfig(value: unknown): TrainingConfig {
  return parse(trainingSchema, value, 'trainingSettings');
}

/**
 * Every setting of a run, those that depend on each other included.
 * @throws StudioError with the code of the part that is wrong
 */
export function validateRunConfig(value: unknown): RunConfig {
  const parts: Partial<Record<keyof RunConfig, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const model = validateModelConfig(parts.model);
  return {
    data: validateDataConfig(parts.data),
    tokenizer: validateTokenizerConfig(parts.tokenizer),
    pipeline: validatePipelineConfig(parts.pipeline, model),
    model,
    training: validateTrainingConfig(parts.training),
  };
}

type SettingsSchema = v.ObjectSchema<v.ObjectEntries, undefined>;

function parse<S extends SettingsSchema>(schema: S, value: unknown, code: ErrorCode): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const step = issue.path?.[0];
  return refuse(code, schema, step === undefined ? '' : String(step.key), issue.input);
}

/** Says which field is wrong, in the person's words (`field`) and the code's (`key`), and what it can be. */
function refuse(
  code: ErrorCode,
  schema: SettingsSchema,
  key: string,
  value: unknown,
  more: Readonly<Record<string, string | number>> = {},
): never {
  const entry = schema.entries[key];
  const field = (entry && v.getTitle(entry)) ?? 'Settings';
  const limits = entry ? v.getMetadata(entry) : {};
  const shown = typeof value === 'number' || typeof value === 'string' ? value : String(value ?? '');
  throw new StudioError(code, `${field} can't be ${shown}.`, { field, key, value: shown, ...limits, ...more });
}
