/**
 * A checkpoint's table of contents: settings, place in the run, and every file with its length and its hash. It is written
 * last, so that a checkpoint whose manifest is there is there as a whole.
 *
 * The file is two lines: the hash of the second one, and the manifest as JSON.
 */
import * as v from 'valibot';
import type { Answers } from '../../core/answers.ts';
import {
  BACKEND_NAMES,
  type BackendChoice,
  type ExecutionPlan,
  KERNEL_STYLES,
  KERNEL_VARIANTS,
} from '../../core/device.ts';
import { type METRICS, metricsOf, type Point } from '../../core/metrics.ts';
import { storedConfigSchema } from '../../core/validation.ts';
import { REPAIR_NAMES } from '../../text/check/finding.ts';
import { CORPUS_VERSIONS } from '../../text/corpus.ts';
import { TOKENIZER_FILES } from '../readTokenizer.ts';

/** Grows with every change of what a checkpoint holds. The one before is still read: it lacks what has a default below. */
export const SCHEMA_VERSION = 2;
const READ_VERSIONS = [1, SCHEMA_VERSION] as const;

/** How a run stood when it was saved. */
export const SAVED_PHASES = ['running', 'paused', 'finished', 'stopped', 'failed'] as const;
export type SavedPhase = (typeof SAVED_PHASES)[number];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(10_000));
const fileName = v.pipe(v.string(), v.regex(/^[a-z0-9-]+\.[a-z0-9]+$/));

/** JSON has no NaN and no infinity; a failed run has both. */
const figure = v.pipe(
  v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])]),
  v.transform((value) => Number(value)),
);

/** Writes figures so that every bit comes back. */
export function figuresJson(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    typeof entry === 'number' && !Number.isFinite(entry) ? String(entry) : entry,
  );
}

/** Points of one group of the table. Runs from before a metric was there have none of it. */
export function pointsSchema<G extends keyof typeof METRICS>(group: G): v.GenericSchema<unknown, Point<G>[]> {
  const kinds = metricsOf(group).map(([key, { unit, sometimes }]) => {
    const kind = unit === 'count' ? count : figure;
    if (sometimes) return [key, v.optional(v.nullable(kind), null)];
    return [key, unit === 'count' ? count : v.optional(figure, 'NaN')];
  });
  return v.array(v.object({ step: count, ...Object.fromEntries(kinds) })) as never;
}

const fileSchema = v.object({
  name: fileName,
  bytes: count,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
/** A file of a checkpoint. */
export type StoredFile = v.InferOutput<typeof fileSchema>;

const fillSchema = v.object({ truth: v.string(), guess: v.string(), probability: figure });

const answersSchema: v.GenericSchema<unknown, Answers> = v.object({
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

const backendChoiceSchema: v.GenericSchema<unknown, BackendChoice> = v.picklist([...BACKEND_NAMES, 'auto']);

const layoutSchema = v.object({
  /** Of the model. */
  name: text,
  vocabSize: count,
  files: v.pipe(v.array(v.object({ name: v.picklist(TOKENIZER_FILES), file: fileSchema })), v.minLength(1)),
  /** Rows of its tables that the engine does not read: positions, then token types. */
  unusedPositions: fileSchema,
  unusedTypes: fileSchema,
});

const manifestSchema = v.object({
  schema: v.picklist(READ_VERSIONS),
  /** Version of Folio that wrote it. */
  folio: text,
  /** Grows with every checkpoint of a run. */
  number: count,
  createdMs: v.number(),
  savedMs: v.number(),
  title: text,
  phase: v.picklist(SAVED_PHASES),
  step: count,
  /** Whether every step so far was finite. */
  healthy: v.boolean(),
  elapsedMs: v.number(),
  /** At the last measurement, for the list of runs. */
  heldOutLoss: v.nullable(v.number()),
  /** What it answered at a few steps; an older manifest has none. */
  answers: v.optional(v.array(answersSchema), []),
  config: storedConfigSchema,
  choice: backendChoiceSchema,
  plan: executionPlanSchema,
  text: v.object({
    isSonnets: v.boolean(),
    /** How it was cut and split; an older manifest does not say. */
    corpus: v.optional(v.picklist(CORPUS_VERSIONS), 1),
    notices: v.array(text),
    /** How files were read that are no plain UTF-8; an older manifest has none. */
    readAs: v.optional(v.array(text), []),
    /** What was changed in the texts before; an older manifest has nothing of it. */
    repairs: v.optional(v.array(v.object({ name: v.picklist(REPAIR_NAMES), repaired: text })), []),
    sources: v.pipe(v.array(v.object({ name: text, file: fileSchema })), v.minLength(1)),
  }),
  tokenizer: v.object({ vocab: fileSchema, merges: fileSchema }),
  /** The model that the run went on from; null: its weights were drawn. */
  startedFrom: v.optional(v.nullable(text), null),
  /** The tokenizer's files and what else a model that was opened has in its files; null: they are Folio's own. */
  layout: v.optional(v.nullable(layoutSchema), null),
  weights: fileSchema,
  firstMoments: fileSchema,
  secondMoments: fileSchema,
  /** The step that the weights are of: not the last one where a run ended with the best ones. */
  weightsStep: count,
  /** The weights of the last step, where a run ended with others. */
  last: v.optional(v.nullable(fileSchema), null),
  /** The average of the weights, where the run keeps one. */
  average: v.nullable(fileSchema),
  /** The lowest held-out loss so far, with its weights where the run is to end with them. */
  best: v.nullable(v.object({ step: count, loss: v.number(), weights: v.nullable(fileSchema) })),
  /** Figures of the steps in parts: all but the last have `POINTS_PER_FILE` and never change. */
  points: v.array(fileSchema),
  heldOut: fileSchema,
});
export type Manifest = v.InferOutput<typeof manifestSchema>;

/** Why a manifest can't be used. */
export type ManifestProblem = 'damaged' | 'version';

export function manifestName(number: number): string {
  return `manifest-${number}.json`;
}

/** The number in a manifest's name, or null if the name is not a manifest's. */
export function numberOfManifest(name: string): number | null {
  const match = /^manifest-(\d{1,15})\.json$/.exec(name);
  return match ? Number(match[1]) : null;
}

/** Every file that a manifest, or a part of it, names. */
export function filesOf(part: unknown): StoredFile[] {
  if (typeof part !== 'object' || part === null) return [];
  return v.is(fileSchema, part) ? [part] : Object.values(part).flatMap(filesOf);
}

export async function encodeManifest(manifest: Manifest): Promise<Uint8Array<ArrayBuffer>> {
  const json = figuresJson(manifest);
  return new TextEncoder().encode(`${await sha256(new TextEncoder().encode(json))}\n${json}`);
}

/** What a manifest's file says, or why it can't be used. */
export async function decodeManifest(bytes: Uint8Array<ArrayBuffer>): Promise<Manifest | ManifestProblem> {
  const end = bytes.indexOf(0x0a);
  const body = bytes.subarray(end + 1);
  const hash = new TextDecoder().decode(bytes.subarray(0, Math.max(0, end)));
  if (end < 0 || hash !== (await sha256(body))) return 'damaged';
  // Whole as it was written: what does not fit the schema was written by another version.
  const result = v.safeParse(manifestSchema, JSON.parse(new TextDecoder().decode(body)));
  return result.success ? result.output : 'version';
}

/** SHA-256 of bytes, in hexadecimal digits. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
