/**
 * Limits of every setting. Settings come from fields, links, files and the command line, so they are `unknown` until they
 * went through here.
 */
import * as v from 'valibot';
import {
  CONFIG_PARTS,
  type ConfigPart,
  type DataConfig,
  DEFAULT_CONFIG,
  type FieldPath,
  type ModelConfig,
  type PipelineConfig,
  type RunConfig,
  settingOf,
  splitPath,
  type TokenizerConfig,
  type TrainingConfig,
} from './config.ts';
import { StudioError } from './errors.ts';
import type { Setting } from './settingRow.ts';
import { SETTINGS } from './settings.ts';

type FieldSchema = v.GenericSchema<unknown, string | number>;

function toSchema(setting: Setting): FieldSchema {
  if (setting.kind === 'choice') return v.picklist(Object.keys(setting.options));
  const { kind, minimum, maximum } = setting;
  const inRange = v.pipe(v.number(), v.minValue(minimum), v.maxValue(maximum));
  return kind === 'whole' ? v.pipe(inRange, v.integer()) : inRange;
}

type PartSchema<P extends ConfigPart> = v.ObjectSchema<
  { readonly [K in keyof RunConfig[P]]: v.GenericSchema<unknown, RunConfig[P][K]> },
  undefined
>;

/** One schema a part of a run's settings. */
const SCHEMAS = mapValues(SETTINGS, (rows) => v.object(mapValues(rows, toSchema))) as unknown as {
  readonly [P in ConfigPart]: PartSchema<P>;
};

/** What one setting can be. */
export function schemaOf(path: FieldPath): FieldSchema {
  const [part, key] = splitPath(path);
  const entries: Readonly<Record<string, FieldSchema>> = SCHEMAS[part].entries;
  return entries[key] ?? v.never();
}

/** Settings that were stored: those that an older Folio did not know have their defaults. */
export const storedConfigSchema = v.pipe(
  v.record(v.picklist(CONFIG_PARTS), v.record(v.string(), v.unknown())),
  v.transform((parts) => mapValues(DEFAULT_CONFIG, (defaults, part) => ({ ...defaults, ...parts[part] }))),
  v.object(SCHEMAS),
);

/** @throws StudioError `dataSettings` */
export function validateDataConfig(value: unknown): DataConfig {
  return parse('data', value);
}

/** @throws StudioError `tokenizerSettings` */
export function validateTokenizerConfig(value: unknown): TokenizerConfig {
  return parse('tokenizer', value);
}

/**
 * @param model the model that is to read the rows, where there is one
 * @throws StudioError `pipelineSettings`
 */
export function validatePipelineConfig(value: unknown, model?: ModelConfig): PipelineConfig {
  const pipeline = parse('pipeline', value);
  if (model !== undefined && pipeline.seqLength + 2 > model.maxPositionEmbeddings) {
    refuse('pipeline', 'seqLength', pipeline.seqLength, {
      maximum: model.maxPositionEmbeddings - 2,
      rule: `A model with ${model.maxPositionEmbeddings} positions reads ${model.maxPositionEmbeddings - 2} tokens at most.`,
    });
  }
  return pipeline;
}

/** @throws StudioError `modelSettings` */
export function validateModelConfig(value: unknown): ModelConfig {
  const model = parse('model', value);
  if (model.hiddenSize % model.numAttentionHeads !== 0) {
    const rule = `It has to divide the hidden size, ${model.hiddenSize}.`;
    refuse('model', 'numAttentionHeads', model.numAttentionHeads, { rule });
  }
  return model;
}

/** @throws StudioError `trainingSettings` */
export function validateTrainingConfig(value: unknown): TrainingConfig {
  return parse('training', value);
}

/**
 * Every setting of a run, those that depend on each other included.
 * @throws StudioError with the code of the part that is wrong
 */
export function validateRunConfig(value: unknown): RunConfig {
  const parts: Partial<Record<ConfigPart, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  const model = validateModelConfig(parts.model);
  return {
    data: validateDataConfig(parts.data),
    tokenizer: validateTokenizerConfig(parts.tokenizer),
    pipeline: validatePipelineConfig(parts.pipeline, model),
    model,
    training: validateTrainingConfig(parts.training),
  };
}

function parse<P extends ConfigPart>(part: P, value: unknown): RunConfig[P] {
  const result = v.safeParse(SCHEMAS[part], value, { abortEarly: true });
  if (result.success) return result.output as RunConfig[P];
  const issue = result.issues[0];
  return refuse(part, String(issue.path?.[0]?.key ?? ''), issue.input);
}

/** Says which field is wrong, in the person's words (`field`) and the code's (`key`), and what it can be. */
function refuse(
  part: ConfigPart,
  key: string,
  value: unknown,
  more: Readonly<Record<string, string | number>> = {},
): never {
  const setting = settingOf(`${part}.${key}` as FieldPath) as Setting | undefined;
  const field = setting?.term ?? 'Settings';
  const shown = typeof value === 'number' || typeof value === 'string' ? value : String(value ?? '');
  const details = { field, key, value: shown, ...(setting && limitsOf(setting)), ...more };
  throw new StudioError(`${part}Settings`, `${field} can't be ${shown}.`, details);
}

function limitsOf(setting: Setting): Readonly<Record<string, string | number>> {
  if (setting.kind === 'choice') return { rule: `It can be ${Object.keys(setting.options).join(', ')}.` };
  const { kind, minimum, maximum } = setting;
  const rule = `It can be a whole number from ${minimum} to ${maximum}.`;
  return { minimum, maximum, ...(kind === 'whole' && { rule }) };
}

function mapValues<T extends object, R>(values: T, map: (value: T[keyof T], key: keyof T) => R): Record<keyof T, R> {
  const entries = Object.entries(values).map(([key, value]) => [key, map(value, key as keyof T)]);
  return Object.fromEntries(entries) as Record<keyof T, R>;
}
