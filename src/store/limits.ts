/** What can be wrong with the settings, by field. The ranges are those of `core/validation.ts`; here they become sentences. */
import * as v from 'valibot';
import type { RunConfig } from '../core/config.ts';
import { SETTINGS_SCHEMAS } from '../core/validation.ts';

export type ConfigPart = keyof RunConfig;
/** "tokenizer.vocabSize" and the like: every field of a {@link RunConfig}. */
export type FieldPath = { [P in ConfigPart]: `${P}.${keyof RunConfig[P] & string}` }[ConfigPart];
type NumberKeys<P extends ConfigPart> = {
  [K in keyof RunConfig[P]]: RunConfig[P][K] extends number ? K & string : never;
}[keyof RunConfig[P]];
/** Every field that is a number. */
export type NumberPath = { [P in ConfigPart]: `${P}.${NumberKeys<P>}` }[ConfigPart];

const CONFIG_PARTS = Object.keys(SETTINGS_SCHEMAS) as ConfigPart[];

/** Every field, in the order of the schemas. */
export const FIELD_PATHS: readonly FieldPath[] = CONFIG_PARTS.flatMap((part) =>
  Object.keys(SETTINGS_SCHEMAS[part].entries).map((key) => `${part}.${key}` as FieldPath),
);

type FieldSchema = v.GenericSchema<unknown, string | number>;

/** The schema of one field. */
export function schemaOf(path: FieldPath): FieldSchema {
  const [part, key] = path.split('.') as [ConfigPart, string];
  const entries = SETTINGS_SCHEMAS[part].entries as unknown as Readonly<Record<string, FieldSchema>>;
  const schema = entries[key];
  if (schema === undefined) throw new RangeError(`no such field: ${path}`);
  return schema;
}

/** What a person calls a field: "Learning rate". */
export function fieldTitle(path: FieldPath): string {
  return v.getTitle(schemaOf(path) as never) ?? path;
}

/** The value at a path. An empty number field holds NaN. */
export function readField(config: RunConfig, path: FieldPath): string | number {
  const [part, key] = path.split('.') as [ConfigPart, string];
  return (config[part] as unknown as Readonly<Record<string, string | number>>)[key] ?? Number.NaN;
}

/** The settings with another value at a path, whatever it is. */
export function withField(config: RunConfig, path: FieldPath, value: string | number): RunConfig {
  const [part, key] = path.split('.') as [keyof RunConfig, string];
  return { ...config, [part]: { ...config[part], [key]: value } };
}

/** What is wrong with one value, in a sentence with its range, or null. */
function fieldProblem(path: FieldPath, value: unknown): string | null {
  const schema = schemaOf(path);
  if (v.safeParse(schema, value).success) return null;
  const title = v.getTitle(schema as never) ?? path;
  const { minimum, maximum, rule } = v.getMetadata(schema as never) as Readonly<Record<string, unknown>>;
  if (minimum === undefined) return `${title}: ${String(rule)}`;
  const range = `from ${inWords(Number(minimum))} to ${inWords(Number(maximum))}`;
  if (Number.isNaN(value)) return `${title} needs a number, ${range}.`;
  if (rule !== undefined && !Number.isInteger(value)) return `${title} is a whole number ${range}.`;
  return `${title} can be ${range}.`;
}

function inWords(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001
    ? value.toString()
    : value.toLocaleString('en', { maximumFractionDigits: 7 });
}

/** @example headsProblem({ hiddenSize: 64, numAttentionHeads: 3 }) // '… divide the hidden size, 64: 2 or 4 would.' */
function headsProblem({ hiddenSize, numAttentionHeads }: RunConfig['model']): string {
  const sentence = `Attention heads has to divide the hidden size, ${hiddenSize}`;
  if (!(hiddenSize >= 1 && hiddenSize <= 10_000 && numAttentionHeads >= 1)) return `${sentence}.`;
  const divides = (heads: number): boolean => hiddenSize % heads === 0;
  let below = Math.min(hiddenSize, Math.floor(numAttentionHeads));
  while (!divides(below)) below--;
  let above = Math.max(1, Math.ceil(numAttentionHeads));
  while (above < hiddenSize && !divides(above)) above++;
  return `${sentence}: ${below < above && above <= hiddenSize ? `${below} or ${above}` : below} would.`;
}

/** What does not fit together although each number is possible alone. */
function jointProblems({ model, pipeline, training }: RunConfig): [NumberPath, string][] {
  const problems: [NumberPath, string][] = [];
  if (model.hiddenSize % model.numAttentionHeads !== 0) {
    problems.push(['model.numAttentionHeads', headsProblem(model)]);
  }
  if (model.maxPositionEmbeddings < pipeline.seqLength + 2) {
    const needed = pipeline.seqLength + 2;
    problems.push(['model.maxPositionEmbeddings', `Positions has to be ${needed} or more: the sequence length and 2.`]);
  }
  if (training.warmupSteps > training.steps) {
    problems.push(['training.warmupSteps', `Warm-up steps can’t be more than the ${training.steps} steps of the run.`]);
  }
  return problems;
}

let lastProblems: { readonly config: RunConfig; readonly problems: ReadonlyMap<FieldPath, string> } | null = null;

/** Every problem of a configuration by field. The same configuration is not looked at twice: many fields ask. */
export function configProblems(config: RunConfig): ReadonlyMap<FieldPath, string> {
  if (lastProblems?.config !== config) lastProblems = { config, problems: findProblems(config) };
  return lastProblems.problems;
}

function findProblems(config: RunConfig): ReadonlyMap<FieldPath, string> {
  const problems = new Map<FieldPath, string>();
  for (const path of FIELD_PATHS) {
    const problem = fieldProblem(path, readField(config, path));
    if (problem !== null) problems.set(path, problem);
  }
  for (const [path, problem] of jointProblems(config)) {
    // What is wrong with the number alone comes first.
    if (!problems.has(path)) problems.set(path, problem);
  }
  return problems;
}

/** The first problem among the parts that a step reads, or null. */
export function firstProblem(config: RunConfig, parts: readonly ConfigPart[]): string | null {
  for (const [path, problem] of configProblems(config)) {
    if (parts.some((part) => path.startsWith(`${part}.`))) return problem;
  }
  return null;
}

/** Runs with higher rates have thrown away what they had learned. */
const HIGHEST_SENSIBLE_RATE = 0.1;

/** What is to be expected of a learning rate that is possible but does harm; null: nothing. */
export function rateCaution({ learningRate, weightDecay }: RunConfig['training']): string | null {
  if (!(learningRate > HIGHEST_SENSIBLE_RATE)) return null;
  const factor = 1 - learningRate * weightDecay;
  if (factor >= -1) return 'Far more than a model learns with: expect the loss to rise.';
  return `With this weight decay each step multiplies the weights by ${Number(factor.toPrecision(2))}: expect the loss to stop being a number, which ends the run with the weights from before.`;
}
