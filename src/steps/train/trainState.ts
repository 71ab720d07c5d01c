/** Step 5: the run. Its figures go to a log outside this state, which holds a version number. */

import type { Answers } from '../../core/answers.ts';
import type { FieldPath, RunConfig } from '../../core/config.ts';
import { counted } from '../../core/counts.ts';
import type { RangePoint, RangeTest } from '../../core/rangeTest.ts';
import type { KeptState, RunState, TrainMetrics } from '../../studio/events.ts';
import { runStep, type StudioContext, toPlainError } from '../../studio/page/context.ts';
import { formatCount } from '../../studio/page/format.ts';
import { createMetricsLog, type MetricsLog, throttle } from '../../studio/page/metricsLog.ts';
import { nameRun } from '../../studio/page/runNames.ts';
import { completeStep } from '../../studio/page/steps.ts';
import type { ReferenceLines } from '../../text/reference/referenceLines.ts';
import type { CorpusSummary } from '../data/dataCommands.ts';
import type { RunSummary } from './trainCommands.ts';

/** Charts read the log again at most this often. */
const PUBLISH_EVERY_MS = 100;

/** A run of this visit, to compare with others. */
export interface RunRecord {
  readonly id: number;
  /** Its id where it is kept on this device; null: it is not, or not yet. */
  readonly storedId: string | null;
  /** @example "Sonnets · lr 0.0015" */
  readonly name: string;
  readonly config: RunConfig;
  /** The text that it was trained on; null: not known. */
  readonly corpus: CorpusSummary | null;
  /** Read it when `TrainSlice.version` changed. */
  readonly log: MetricsLog;
  /** null before they are known, and where nothing is held out. */
  readonly reference: ReferenceLines | null;
  /** null while it trains, and if it failed. */
  readonly summary: RunSummary | null;
}

/** The learning-rate range test. */
export const NO_RANGE = {
  /** Share of the steps; null: no test is under way. */
  done: null as number | null,
  points: [] as readonly RangePoint[],
  /** The latest test that came to its end. */
  result: null as RangeTest | null,
};

const IDLE: RunState = { phase: 'idle', step: 0, steps: 0, epoch: 0, elapsedMs: 0, dataWaitShare: 0, error: null };

export const EMPTY_TRAIN = {
  state: IDLE,
  /** Oldest first; the last one is the run under way or the latest. */
  runs: [] as readonly RunRecord[],
  /** Grows at most ten times a second while figures arrive. */
  version: 0,
  /** The same few verses as the model filled them in, from step 0 to now. */
  answers: [] as readonly Answers[],
  /** Steps at which the run was saved in this visit. */
  savedSteps: [] as readonly number[],
  /** Whether the engine holds trained weights that can be tested and exported, whatever was changed since. */
  hasModel: false,
  /** How the saving of the run goes; null: it is not saved. */
  kept: null as KeptState | null,
  /** The stored run that is shown, and the step where it was opened; null: the run was made in this visit. */
  opened: null as { readonly id: string; readonly step: number } | null,
  lookingOn: false,
  tellAtEnd: false,
};
export type TrainSlice = Readonly<typeof EMPTY_TRAIN>;

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly train: TrainSlice;
    readonly range: Readonly<typeof NO_RANGE>;
  }
  interface StudioActions extends ReturnType<typeof createTrainActions> {}
}

/** Runs the training that the settings describe. @param swept the setting whose values are compared */
export async function runTraining(context: StudioContext, swept?: FieldPath): Promise<RunSummary | null> {
  const { config, train, openedModel, data } = context.get();
  const start = openedModel.model === null ? 'fresh' : 'opened';
  const id = (train.runs.at(-1)?.id ?? 0) + 1;
  const name = nameRun(config, data.summary, train.runs, swept);
  const log = createMetricsLog();
  const unknown = { storedId: null, reference: null, summary: null };
  const record: RunRecord = { id, name, config, corpus: data.summary, log, ...unknown };
  askToPersist();
  context.patchStep('train', { line: null });
  // What was written is of other weights from now on.
  context.patch('exportBundle', { written: null, verified: null });
  context.patch('train', {
    ...EMPTY_TRAIN,
    state: { ...IDLE, phase: 'preparing', steps: config.training.steps },
    runs: [...train.runs, record],
    version: train.version + 1,
    hasModel: true,
    tellAtEnd: train.tellAtEnd,
  });
  const summary = await runStep(context, 'train', () =>
    context.engine.call('train.start', { ...config, keepAs: name, start }),
  );
  finishRun(context, record, summary);
  return summary;
}

/** Goes on with the opened run. */
export async function continueRun(context: StudioContext): Promise<void> {
  const record = context.get().train.runs.at(-1);
  if (record === undefined) return;
  context.patchStep('train', { line: null });
  const summary = await runStep(context, 'train', () => context.engine.call('train.continue'));
  finishRun(context, record, summary);
}

/** So that the browser does not clear away runs when the disk fills up. It may ask the person, or decide by itself. */
function askToPersist(): void {
  // Undefined outside of secure pages.
  const storage = globalThis.navigator?.storage as StorageManager | undefined;
  void storage?.persist?.().catch(() => false);
}

function finishRun(context: StudioContext, record: RunRecord, summary: RunSummary | null): void {
  const { train, steps } = context.get();
  const runs = train.runs.map((run) => (run.id === record.id ? { ...run, summary } : run));
  const trained = train.state.step > 0 || (summary?.steps ?? 0) > 0 || context.get().openedModel.model !== null;
  context.patch('train', { runs, version: train.version + 1, hasModel: trained });
  if (summary === null && train.state.phase === 'preparing') {
    context.patch('train', { state: { ...train.state, phase: 'failed' } });
  }
  if (!trained) return;
  const line = summary === null ? `stopped at step ${formatCount(train.state.step)}` : describeRun(summary);
  context.set({ steps: completeStep(steps, 'train', line) });
  // A run that ended early keeps its error beside the weights from before it.
  context.patchStep('train', { error: steps.train.error });
}

/** @example "held-out loss 4.57 after 400 steps" */
export function describeRun({ heldOut, trainLoss, steps }: RunSummary): string {
  const loss = heldOut === null ? `loss ${trainLoss.toFixed(2)}` : `held-out loss ${heldOut.loss.toFixed(2)}`;
  return `${loss} after ${counted(steps, 'step')}`;
}

/** Changes the record of the run under way, or the latest one. */
function changeLatest(context: StudioContext, change: Partial<RunRecord>): void {
  const { runs } = context.get().train;
  context.patch('train', { runs: runs.map((run, at) => (at === runs.length - 1 ? { ...run, ...change } : run)) });
}

/** Takes figures into the log at once; the state says so at most ten times a second. */
function createMetricsReader(context: StudioContext): (metrics: TrainMetrics) => void {
  let latest: TrainMetrics['answers'] = null;
  const publish = throttle(() => {
    context.patch('train', { ...(latest && { answers: latest }), version: context.get().train.version + 1 });
    latest = null;
  }, PUBLISH_EVERY_MS);
  return ({ points, heldOut, answers }) => {
    const log = context.get().train.runs.at(-1)?.log;
    log?.train.append(points);
    log?.heldOut.append(heldOut);
    latest = answers ?? latest;
    publish();
  };
}

/** Actions of the Train step. */
export function createTrainActions(context: StudioContext) {
  const { engine } = context;
  engine.subscribe('train.state', (state) => context.patch('train', { state }));
  engine.subscribe('run.kept', (kept) => {
    const { runs, savedSteps } = context.get().train;
    if (runs.at(-1)?.storedId !== kept.id) changeLatest(context, { storedId: kept.id });
    const isNew = kept.step !== null && kept.step !== savedSteps.at(-1);
    context.patch('train', { kept, ...(isNew && { savedSteps: [...savedSteps, kept.step] }) });
  });
  engine.subscribe('train.reference', (reference) => changeLatest(context, { reference }));
  engine.subscribe('train.metrics', createMetricsReader(context));
  engine.subscribe('train.rangeProgress', ({ done, points }) => context.patch('range', { done, points }));
  return {
    /** Trains from freshly drawn weights. Resolves when the run ends; @returns its summary, or null if it failed. */
    startTraining: () => runTraining(context),
    /** Goes on with the run that stands at its last saved step. */
    continueTraining: () => {
      const { opened, kept } = context.get().train;
      // After a lost device the run has to be read from where it is kept; an opened one is there already.
      if (kept !== null) context.get().actions.resumeRun(kept.id);
      else if (opened !== null) void continueRun(context);
    },
    /** Where a run is stopped, the weights so far are kept. */
    controlRun: async (order: 'pause' | 'resume' | 'stop') => {
      try {
        context.patch('train', { state: await engine.call(`train.${order}`) });
      } catch (thrown) {
        context.patchStep('train', { error: toPlainError(thrown) });
      }
    },
    /** Gives a run of this visit another name, and what is stored of it. */
    nameRun: (id: number, name: string) => {
      const { train, actions } = context.get();
      const named = train.runs.map((run) => (run.id === id ? { ...run, name } : run));
      context.patch('train', { runs: named });
      const storedId = named.find((run) => run.id === id)?.storedId;
      if (storedId != null) actions.renameRun(storedId, name);
    },
    setTellAtEnd: (tellAtEnd: boolean) => context.patch('train', { tellAtEnd }),
    testRange: async () => {
      context.set({ range: { ...NO_RANGE, done: 0 } });
      const result = await runStep(context, 'train', () => engine.call('train.range', context.get().config));
      context.set({ range: { done: null, points: result?.points ?? [], result } });
    },
  };
}
