/** What is said of the settings: what is wrong with them, by field, and where their defaults come from. */
import * as v from 'valibot';
import {
  type ConfigPart,
  DEFAULT_CONFIG,
  FIELD_PATHS,
  type FieldPath,
  type RunConfig,
  readField,
  settingOf,
  splitPath,
} from '../../core/config.ts';
import { schemaOf } from '../../core/validation.ts';

/** @example whyDefault('pipeline.maskingRate') // 'Default 0.3: faster by … (docs/LEARNING.md, “Runs”)' */
export function whyDefault(path: FieldPath): string {
  const { why } = settingOf(path);
  const [section, words] = typeof why === 'string' ? ['What is not shown', why] : why;
  const value = readField(DEFAULT_CONFIG, path);
  const shown = typeof value === 'number' ? value.toLocaleString('en', { maximumSignificantDigits: 6 }) : value;
  return `Default ${shown}: ${words} (docs/LEARNING.md, “${section}”)`;
}

/** What is wrong with one value, in a sentence with its range, or null. */
function fieldProblem(path: FieldPath, value: unknown): string | null {
  const setting = settingOf(path);
  if (v.safeParse(schemaOf(path), value).success) return null;
  const { kind, term } = setting;
  if (kind === 'choice') return `${term}: It can be ${Object.keys(setting.options).join(', ')}.`;
  const range = `from ${inWords(setting.minimum)} to ${inWords(setting.maximum)}`;
  if (Number.isNaN(value)) return `${term} needs a number, ${range}.`;
  return kind === 'whole' && !Number.isInteger(value)
    ? `${term} is a whole number ${range}.`
    : `${term} can be ${range}.`;
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
function jointProblems({ model, pipeline, training }: RunConfig): [FieldPath, string][] {
  const problems: [FieldPath, string][] = [];
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
    if (parts.includes(splitPath(path)[0])) return problem;
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
