/** Schemas of what is stored beside a run: figures and how it computed. What comes back from a disk is `unknown` until here. */
import * as v from 'valibot';
import type { Answers } from './answers.ts';
import { BACKEND_NAMES, type BackendChoice, type ExecutionPlan, KERNEL_STYLES, KERNEL_VARIANTS } from './device.ts';
import { type METRICS, metricsOf, type Point } from './metrics.ts';

/** JSON has no NaN and no infinity; a failed run has both. */
const figure = v.pipe(
  v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])]),
  v.transform((value) => Number(value)),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Writes figures so that every bit comes back. */
export function figuresJson(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    typeof entry === 'number' && !Number.isFinite(entry) ? String(entry) : entry,
  );
}

/** Points of one group of the table. Runs from before a metric was there have none of it. */
export function pointsSchema<G extends keyof typeof METRICS>(group: G): v.GenericSchema<unknown, Point<G>[]> {
  const kinds = metricsOf(group).map(([key, { unit, sometimes }]) => {
    if (unit === 'count') return [key, count];
    return [key, sometimes ? v.optional(v.nullable(figure), null) : v.optional(figure, 'NaN')];
  });
  return v.array(v.object({ step: count, ...Object.fromEntries(kinds) })) as never;
}

const fillSchema = v.object({ truth: v.string(), guess: v.string(), probability: figure });

export const answersSchema: v.GenericSchema<unknown, Answers> = v.object({
  step: count,
  verses: v.array(v.object({ parts: v.array(v.string()), fills: v.array(fillSchema) })),
});

export const executionPlanSchema: v.GenericSchema<unknown, ExecutionPlan> = v.object({
  version: v.optional(count, 1),
  backend: v.picklist(BACKEND_NAMES),
  adapter: v.pipe(v.string(), v.maxLength(500)),
  fused: v.boolean(),
  kernelStyle: v.nullable(v.picklist(KERNEL_STYLES)),
  kernelVariant: v.nullable(v.picklist(KERNEL_VARIANTS)),
  threads: count,
});

export const backendChoiceSchema: v.GenericSchema<unknown, BackendChoice> = v.picklist([...BACKEND_NAMES, 'auto']);
