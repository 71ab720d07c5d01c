/** A small sweep: one run for each of a few values of one setting, one after another. */
import { FIELD_PATHS, type FieldPath, readField, settingOf, splitPath, withField } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import type { StudioContext } from '../../studio/page/context.ts';
import { configProblems } from '../../studio/page/limits.ts';
import type { StudioState } from '../../studio/page/studioState.ts';
import { forgetRun, openRun } from '../runs/runsState.ts';
import { type RunRecord, runTraining } from './trainState.ts';

export const MOST_RUNS = 8;

/** Settings that need no other text or tokenizer, so that runs follow each other at once. */
export const SWEPT_PATHS: readonly FieldPath[] = FIELD_PATHS.filter(
  (path) => !['data', 'tokenizer'].includes(splitPath(path)[0]) && !settingOf(path).withoutEffect,
);

export interface SweepSlice {
  readonly path: FieldPath;
  readonly values: readonly (string | number)[];
  /** Index of the run under way. */
  readonly at: number;
  /** The run under way is the last one. */
  readonly stopping: boolean;
}

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly sweep: SweepSlice | null;
  }
  interface StudioActions extends ReturnType<typeof createSweepActions> {}
}

/** Reads values that were typed with commas between them. @returns the values, or a sentence that says what is wrong */
export function readSweep(config: StudioState['config'], path: FieldPath, text: string): (string | number)[] | string {
  const isNumber = typeof readField(config, path) === 'number';
  const pieces = text
    .split(/[,;\s]+/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  if (pieces.length < 2) return 'Give at least two values, separated by commas.';
  if (pieces.length > MOST_RUNS) return `Give at most ${MOST_RUNS} values.`;
  const values = pieces.map((piece) => (isNumber ? Number(piece) : piece));
  for (const value of values) {
    const problems = configProblems(withField(config, path, value));
    const [problem] = problems.has(path) ? [problems.get(path)] : problems.values();
    if (problem !== undefined) return problem;
  }
  return new Set(values).size < values.length ? 'Each value can be given only once.' : values;
}

/** Stored runs that have a held-out loss, the lowest first. */
function measuredRuns(runs: readonly RunRecord[]): { readonly storedId: string; readonly loss: number }[] {
  const measured = runs.flatMap(({ storedId, summary }) =>
    storedId === null || summary?.heldOut == null ? [] : [{ storedId, loss: summary.heldOut.loss }],
  );
  return measured.sort((a, b) => a.loss - b.loss);
}

/** The one of a sweep's runs with the lowest held-out loss stays on this device; the others keep their figures here. */
async function keepBest(context: StudioContext, firstRun: number): Promise<void> {
  const [, ...others] = measuredRuns(context.get().train.runs.slice(firstRun));
  for (const { storedId } of others) await forgetRun(context, storedId);
}

async function runSweep(context: StudioContext, path: FieldPath, values: readonly (string | number)[]): Promise<void> {
  const before = context.get().config;
  const firstRun = context.get().train.runs.length;
  try {
    for (const [at, value] of values.entries()) {
      context.set({ config: withField(before, path, value), sweep: { path, values, at, stopping: false } });
      const summary = await runTraining(context, path);
      // A run that failed or was stopped is the last one.
      if (summary === null || context.get().train.state.phase !== 'finished' || context.get().sweep?.stopping) return;
      await keepBest(context, firstRun);
    }
  } finally {
    context.set({ config: before, sweep: null });
  }
}

/** Makes the best of a sweep's runs the current one: the weights that are tested and exported. */
async function showBest(context: StudioContext, firstRun: number): Promise<void> {
  const { config, train } = context.get();
  const [best] = measuredRuns(train.runs.slice(firstRun));
  if (best === undefined || best.storedId === train.runs.at(-1)?.storedId) return;
  await openRun(context, best.storedId, context.get().currentStep);
  // The settings are those of the next run.
  context.set({ config });
}

export function createSweepActions(context: StudioContext) {
  return {
    /** Trains once for each value; the settings are as before when it ends. */
    startSweep: async (path: FieldPath, values: readonly (string | number)[]) => {
      if (values.length > MOST_RUNS) throw new StudioError('internal', `${values.length} runs`);
      if (context.get().sweep !== null) return;
      const firstRun = context.get().train.runs.length;
      await runSweep(context, path, values);
      await showBest(context, firstRun);
    },
    stopSweep: () => {
      const { sweep, actions } = context.get();
      if (sweep === null) return;
      context.set({ sweep: { ...sweep, stopping: true } });
      void actions.controlRun('stop');
    },
  };
}
