/**
 * Limits of every setting. Settings come from fields, links, files and the command line, so they are `unknown` until they
 * went through here.
 */
import * as v from 'valibot';
import {
  CONFIG_PARTS,
  type ConfigPart,
  DEFAULT_CONFIG,
  type FieldPath,
  type ModelConfig,
  type RunConfig,
  type RunSettings,
  readField,
  settingOf,
  splitPath,
} from './config.ts';
import { counted } from './counts.ts';
import { StudioError } from './errors.ts';
import type { NumberSetting, Setting } from './settingRow.ts';
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

/** What stored settings lack: a part's defaults, or what was done before a setting existed. */
function whatWas(part: ConfigPart): Readonly<Record<string, unknown>> {
  const before = Object.entries<Setting>(SETTINGS[part]).flatMap(([key, setting]) =>
    setting.before === undefined ? [] : [[key, setting.before]],
  );
  return { ...DEFAULT_CONFIG[part], ...Object.fromEntries(before) };
}

/** Settings that were stored: those that an older Folio did not know are as they were then. */
export const storedConfigSchema = v.pipe(
  v.record(v.picklist(CONFIG_PARTS), v.record(v.string(), v.unknown())),
  v.transform((parts) => mapValues(DEFAULT_CONFIG, (_, part) => ({ ...whatWas(part), ...parts[part] }))),
  v.object(SCHEMAS),
);

/** The settings of one part. @throws StudioError with the code of the part, such as `dataSettings` */
export function validatePart<P extends ConfigPart>(part: P, value: unknown): RunConfig[P] {
  const result = v.safeParse(SCHEMAS[part], value, { abortEarly: true });
  if (result.success) return result.output as RunConfig[P];
  const issue = result.issues[0];
  return refuse(part, String(issue.path?.[0]?.key ?? ''), issue.input);
}

/** @throws StudioError with the code of the part that is wrong, also where parts do not fit together */
export function validateRunSettings(settings: RunSettings): void {
  for (const part of ['model', 'pipeline', 'training'] as const) validatePart(part, settings[part]);
  assertFitTogether(settings);
}

/** Every setting of a run. @throws StudioError as {@link validateRunSettings} */
export function validateRunConfig(value: unknown): RunConfig {
  const parts: Partial<Record<ConfigPart, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  const config = mapValues(SETTINGS, (_, part) => validatePart(part, parts[part])) as unknown as RunConfig;
  assertFitTogether(config);
  return config;
}

/** @throws StudioError `modelSettings` */
export function validateModelConfig(value: unknown): ModelConfig {
  const model = validatePart('model', value);
  const rule = headsRule(model);
  if (rule !== null) refuse('model', 'numAttentionHeads', model.numAttentionHeads, `The value ${rule}`);
  return model;
}

/** Something that does not fit together although each value is possible alone. */
interface JointProblem {
  /** What is refused: its value, and a sentence that says what it can be. */
  readonly path: FieldPath;
  readonly rule: string;
  /** The field that shows it, and the sentence there. */
  readonly field: readonly [FieldPath, sentence: string];
}

/** All rules across settings: fields and links read them, and the worker and the command line refuse by them. */
export function jointProblems({ model, pipeline, training }: RunSettings): JointProblem[] {
  const problems: JointProblem[] = [];
  const own = (path: FieldPath, rule: string): void => {
    problems.push({ path, rule: `The value ${rule}`, field: [path, `${settingOf(path).term} ${rule}`] });
  };
  const heads = headsRule(model);
  if (heads !== null) own('model.numAttentionHeads', heads);
  const longest = model.maxPositionEmbeddings - 2;
  if (pipeline.seqLength > longest) {
    problems.push({
      path: 'pipeline.seqLength',
      rule: `A model with ${model.maxPositionEmbeddings} positions reads ${longest} tokens at most.`,
      field: [
        'model.maxPositionEmbeddings',
        `Maximum positions must be ${pipeline.seqLength + 2} or more: the sequence length plus 2.`,
      ],
    });
  }
  if (training.warmupSteps > training.steps) {
    own('training.warmupSteps', `can’t be more than the ${counted(training.steps, 'step')} of the run.`);
  }
  return problems;
}

/** @example headsRule({ hiddenSize: 64, numAttentionHeads: 3 }) // 'must divide the hidden size, 64: 2 or 4 would.' */
function headsRule({ hiddenSize, numAttentionHeads }: ModelConfig): string | null {
  const divides = (heads: number): boolean => hiddenSize % heads === 0;
  if (divides(numAttentionHeads)) return null;
  const rule = `must divide the hidden size, ${hiddenSize}`;
  if (!(hiddenSize >= 1 && hiddenSize <= 10_000 && numAttentionHeads >= 1)) return `${rule}.`;
  let below = Math.min(hiddenSize, Math.floor(numAttentionHeads));
  while (!divides(below)) below--;
  let above = Math.max(1, Math.ceil(numAttentionHeads));
  while (above < hiddenSize && !divides(above)) above++;
  return `${rule}: ${below < above && above <= hiddenSize ? `${below} or ${above}` : below} would.`;
}

function assertFitTogether(settings: RunSettings): void {
  const [problem] = jointProblems(settings);
  if (problem === undefined) return;
  const { path, rule } = problem;
  refuse(...splitPath(path), readField(settings as RunConfig, path), rule);
}

/** Says which field is wrong, in the person's words (`field`) and the code's (`key`), and what it can be. */
function refuse(part: ConfigPart, key: string, value: unknown, jointRule?: string): never {
  const setting = settingOf(`${part}.${key}` as FieldPath) as Setting | undefined;
  const field = setting?.term ?? 'Settings';
  const shown = typeof value === 'number' || typeof value === 'string' ? value : String(value ?? '');
  const rule = jointRule ?? (setting && `The value ${ruleOf(setting)}`);
  throw new StudioError(`${part}Settings`, `${field} can’t be ${shown}.`, {
    field,
    key,
    value: shown,
    ...(rule && { rule }),
    ...(setting && setting.kind !== 'choice' && { range: rangeOf(setting) }),
  });
}

/** What a setting can be. @example ruleOf(SETTINGS.pipeline.seqLength) === 'must be a whole number from 8 to 4,096.' */
export function ruleOf(setting: Setting): string {
  if (setting.kind === 'choice') return `must be one of ${Object.keys(setting.options).join(', ')}.`;
  return `must be ${setting.kind === 'whole' ? 'a whole number ' : ''}${rangeOf(setting)}.`;
}

/** @example rangeOf(SETTINGS.pipeline.seqLength) === 'from 8 to 4,096' */
export function rangeOf({ minimum, maximum }: NumberSetting): string {
  return `from ${inWords(minimum)} to ${inWords(maximum)}`;
}

/** A setting's value as a person reads it. @example inWords(200000) === '200,000' */
export function inWords(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001
    ? value.toString()
    : value.toLocaleString('en', { maximumFractionDigits: 7 });
}

function mapValues<T extends object, R>(values: T, map: (value: T[keyof T], key: keyof T) => R): Record<keyof T, R> {
  const entries = Object.entries(values).map(([key, value]) => [key, map(value, key as keyof T)]);
  return Object.fromEntries(entries) as Record<keyof T, R>;
}
