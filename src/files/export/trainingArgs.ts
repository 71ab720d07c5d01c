/** `training_args.json` of the bundle: every setting, so that the run can be repeated. */
import { fileKey } from '../../core/config.ts';
import type { ExportedRun } from './exportedRun.ts';

/** Keys in snake case, as Python's tools write them. */
export function trainingArgsJson(run: ExportedRun): string {
  const { config, corpus, device } = run;
  const document = {
    ...config,
    ...(run.startedFrom !== null && { startedFrom: run.startedFrom }),
    split: {
      sourceNames: run.sourceNames,
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
