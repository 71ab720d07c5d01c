/** What is said of the settings: what is wrong with them, by field, and where their defaults come from. */
import * as v from 'valibot';
import { onceFor } from '../../core/collections.ts';
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
import { LONG_TEXT } from '../../core/settingRow.ts';
import { inWords, jointProblems, rangeOf, ruleOf, schemaOf } from '../../core/validation.ts';
import type { StepName } from './steps.ts';

/** @example whyDefault('pipeline.maskingRate') // '0.3: held-out loss … See “Runs” in docs/LEARNING.md.' */
export function whyDefault(path: FieldPath): string {
  const setting = settingOf(path);
  const [section, words] = typeof setting.why === 'string' ? ['What is not shown', setting.why] : setting.why;
  const value = readField(DEFAULT_CONFIG, path);
  const shown = setting.kind === 'choice' ? setting.options[value]?.[0] : inWords(Number(value));
  const { longText } = setting;
  const ofLong = longText === undefined ? '' : ` (${longText} for texts of ${inWords(LONG_TEXT)} characters or more)`;
  return `${shown}${ofLong}: ${words} See “${section}” in docs/LEARNING.md.`;
}

/** What is wrong with one value, in a sentence with its range, or null. */
function fieldProblem(path: FieldPath, value: unknown): string | null {
  if (v.safeParse(schemaOf(path), value).success) return null;
  const setting = settingOf(path);
  const isMissing = setting.kind !== 'choice' && Number.isNaN(value);
  return isMissing ? `${setting.term}: type a number ${rangeOf(setting)}.` : `${setting.term} ${ruleOf(setting)}`;
}

/** Every problem of a configuration by field. The same configuration is not looked at twice: many fields ask. */
export const configProblems = onceFor((config: RunConfig): ReadonlyMap<FieldPath, string> => {
  const problems = new Map<FieldPath, string>();
  for (const path of FIELD_PATHS) {
    const problem = fieldProblem(path, readField(config, path));
    if (problem !== null) problems.set(path, problem);
  }
  for (const { field } of jointProblems(config)) {
    // What is wrong with the number alone comes first.
    if (!problems.has(field[0])) problems.set(...field);
  }
  return problems;
});

/** The parts of the settings that the work of a step reads. */
const READ: Readonly<Partial<Record<StepName, readonly ConfigPart[]>>> = {
  data: ['data'],
  tokenizer: ['data', 'tokenizer'],
  pipeline: ['pipeline'],
  model: ['model', 'pipeline', 'training'],
  train: ['model', 'pipeline', 'training'],
};

/** The first problem among the settings that a step reads, or null. */
export function firstProblem(config: RunConfig, step: StepName): string | null {
  for (const [path, problem] of configProblems(config)) {
    if (READ[step]?.includes(splitPath(path)[0])) return problem;
  }
  return null;
}

/** Runs with higher rates have thrown away what they had learned. */
const HIGHEST_SENSIBLE_RATE = 0.1;

/** What is to be expected of a learning rate that is possible but does harm; null: nothing. */
export function rateCaution({ learningRate, weightDecay }: RunConfig['training']): string | null {
  if (!(learningRate > HIGHEST_SENSIBLE_RATE)) return null;
  const factor = 1 - learningRate * weightDecay;
  if (factor >= -1) return 'Far too high for a model to learn: expect the loss to rise.';
  return `With this weight decay each step multiplies the weights by ${Number(factor.toPrecision(2))}: expect the loss to become NaN or infinite, which ends the run with the weights from before.`;
}
