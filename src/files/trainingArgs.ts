/** `training_args.json` of the bundle: every setting, so that the run can be repeated, written and read. */
import * as v from 'valibot';
import { CONFIG_PARTS, fileKey, type ModelConfig, type RunConfig } from '../core/config.ts';
import { storedConfigSchema } from '../core/validation.ts';
import type { ExportedRun } from './exportedRun.ts';

const TRAINING_ARGS_NAME = 'training_args.json';

/** Keys in snake case, as Python's tools write them. */
export function trainingArgsJson(run: ExportedRun): string {
  const { config, corpus, device } = run;
  const document = {
    ...config,
    ...(run.startedFrom !== null && { startedFrom: run.startedFrom }),
    split: {
      sourceNames: run.sourceNames,
      ...(run.readAs.length > 0 && { readAs: run.readAs }),
      trainingDocuments: corpus.trainingDocuments,
      heldOutDocuments: corpus.heldOutDocuments,
      trainingSamples: corpus.trainingSamples,
      heldOutSamples: corpus.heldOutSamples,
      trainingTokens: run.trainingTokens,
      heldOutTokens: run.heldOutTokens,
    },
    reached: {
      steps: run.step,
      seconds: Math.round(run.elapsedMs) / 1000,
      vocabSize: run.vocabSize,
      merges: run.merges,
      trainLoss: run.points.at(-1)?.loss ?? null,
      heldOut: run.heldOut.at(-1) ?? null,
    },
    device: {
      backend: device.active,
      choice: device.choice,
      adapter: device.adapter,
      isFallbackAdapter: device.isFallbackAdapter,
      plan: device.plan,
    },
  };
  // Versions are keyed by package name, which is no key of ours to rewrite.
  return `${JSON.stringify({ ...snakeCase(document), versions: run.versions }, null, 2)}\n`;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Rewrites the keys of objects, at every depth: `seqLength` → `seq_length`. Values stay. */
function snakeCase(value: object): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [
      fileKey(key),
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? snakeCase(inner) : (inner as Json),
    ]),
  );
}

const argsSchema = v.looseObject({ reached: v.object({ steps: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }) });

/**
 * The settings of the run, from Folio's training_args.json. Files of that name are common elsewhere: one that is not Folio's
 * is as good as none.
 * @param model the model of config.json, which has to be the one that the run trained
 */
export function readRunConfig(
  documents: ReadonlyMap<string, string>,
  model: ModelConfig,
): { config: RunConfig; step: number } | null {
  try {
    const args = v.parse(argsSchema, JSON.parse(documents.get(TRAINING_ARGS_NAME) ?? 'null'));
    const parts = Object.fromEntries(CONFIG_PARTS.map((part) => [part, camelCase(args[part])]));
    const config = v.parse(storedConfigSchema, parts);
    if (config.model.hiddenSize !== model.hiddenSize) return null;
    const { initialization } = config.model;
    return { config: { ...config, model: { ...model, initialization } }, step: args.reached.steps };
  } catch {
    return null;
  }
}

/** Rewrites the keys of an object: `seq_length` → `seqLength`. What is none stays. */
function camelCase(fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null) return fields;
  const camel = (key: string): string => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [camel(key), value]));
}
