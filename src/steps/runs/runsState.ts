/** Runs that lie on this device: listed on the first page, opened in the place of everything that is loaded. */
import type { PlainError } from '../../core/errors.ts';
import type { Result } from '../../studio/client.ts';
import { type StudioContext, toPlainError } from '../../studio/page/context.ts';
import { formatCount } from '../../studio/page/format.ts';
import { createMetricsLog } from '../../studio/page/metricsLog.ts';
import { rememberRuns } from '../../studio/page/rememberedRuns.ts';
import { completeStep, FIRST_STEPS, type StepName } from '../../studio/page/steps.ts';
import { describeText } from '../data/dataState.ts';
import { NOTHING_OPENED } from '../data/openModelState.ts';
import { NOTHING_INSIDE } from '../inside/insideState.ts';
import { describeModel } from '../model/modelState.ts';
import { drawBatch } from '../pipeline/pipelineState.ts';
import { EMPTY_TEST } from '../test/testState.ts';
import { describeTokenizer } from '../tokenizer/tokenizerState.ts';
import { continueRun, describeRun, EMPTY_TRAIN, type RunRecord } from '../train/trainState.ts';
import type { StoredRun, StoredRuns } from './runsCommands.ts';

type OpenedRun = Result<'runs.open'>;

export const UNKNOWN_RUNS = {
  /** null until the first look. */
  stored: null as StoredRuns | null,
  opening: null as string | null,
  error: null as PlainError | null,
  /** A run that can be resumed, for who arrives at another step than the first; null: there is none, or it was declined. */
  offered: null as StoredRun | null,
};

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly runs: Readonly<typeof UNKNOWN_RUNS>;
  }
  interface StudioActions extends ReturnType<typeof createRunsActions> {}
}

/** Looks at what is stored. */
export async function refreshRuns(context: StudioContext): Promise<void> {
  await ask(context, () => context.engine.call('runs.list'));
}

/** The first page lists the runs; who arrives at a later step, as after a reload in training, is offered to resume. */
export function offerUnfinished(context: StudioContext): void {
  const { runs, currentStep } = context.get();
  const run = runs.stored?.runs.find((stored) => isUnfinished(stored) && stored.problem === null);
  if (run !== undefined && currentStep !== 'data') context.patch('runs', { offered: run });
}

/** Deletes what is stored of a run of this visit; its figures stay. */
export async function forgetRun(context: StudioContext, id: string): Promise<void> {
  await ask(context, () => context.engine.call('runs.delete', { id }));
  const { runs, kept } = context.get().train;
  const named = runs.map((run) => (run.storedId === id ? { ...run, storedId: null } : run));
  context.patch('train', { runs: named, kept: kept?.id === id ? null : kept });
}

async function ask(context: StudioContext, command: () => Promise<StoredRuns>): Promise<void> {
  try {
    const stored = await command();
    rememberRuns(stored);
    context.patch('runs', { stored, error: null });
  } catch (thrown) {
    context.patch('runs', { error: toPlainError(thrown) });
  }
}

/** Puts a stored run in the place of everything that is loaded. @returns whether it worked */
export async function openRun(context: StudioContext, id: string, step: StepName): Promise<boolean> {
  if (context.get().runs.opening !== null) return false;
  context.patch('runs', { opening: id, error: null, offered: null });
  try {
    const opened = await context.engine.call('runs.open', { id });
    show(context, opened);
    await drawBatch(context, 0);
    showTrained(context, opened);
    context.set({ currentStep: step });
    return true;
  } catch (thrown) {
    context.patch('runs', { error: toPlainError(thrown) });
    return false;
  } finally {
    context.patch('runs', { opening: null });
    await refreshRuns(context);
  }
}

/** The steps up to the model, as if they had been done in this visit. */
function show(context: StudioContext, opened: OpenedRun): void {
  const { data, tokenizer, device, notices } = context.get();
  const { config, corpus } = opened;
  let steps = completeStep(FIRST_STEPS, 'data', describeText(corpus));
  steps = completeStep(steps, 'tokenizer', describeTokenizer(opened.tokenizer));
  context.set({
    config,
    steps,
    data: { summary: corpus, version: data.version + 1, source: null, choices: {} },
    tokenizer: { summary: opened.tokenizer, progress: null, cancelled: false, version: tokenizer.version + 1 },
    device: { ...device, report: opened.device, choice: opened.device.choice, error: null },
    test: EMPTY_TEST,
    inside: NOTHING_INSIDE,
    openedModel: NOTHING_OPENED,
    notices: [...new Set([...notices, ...opened.notices])],
  });
}

/** Model and run; after the batch, whose step comes before them. */
function showTrained(context: StudioContext, opened: OpenedRun): void {
  const { train } = context.get();
  const { config, points, heldOut, reference, state, summary } = opened;
  const log = createMetricsLog();
  log.train.append(points);
  log.heldOut.append(heldOut);
  const others = train.runs.filter(({ storedId }) => storedId !== opened.id);
  const id = 1 + Math.max(0, ...train.runs.map((run) => run.id));
  const { name, corpus } = opened;
  const record: RunRecord = { id, storedId: opened.id, name, config, corpus, log, reference, summary };
  context.patch('model', { summary: opened.model, calibration: null, calibratedWith: null });
  // What was written is of other weights.
  context.patch('exportBundle', { written: null, verified: null });
  context.patch('train', {
    ...EMPTY_TRAIN,
    state,
    runs: [...others, record],
    version: train.version + 1,
    answers: opened.answers,
    savedSteps: [state.step],
    hasModel: state.step > 0,
    lookingOn: opened.inUse,
    tellAtEnd: train.tellAtEnd,
    opened: { id: opened.id, step: state.step },
  });
  const steps = completeStep(context.get().steps, 'model', describeModel(config, opened.model));
  const line = summary === null ? `stopped at step ${formatCount(state.step)}` : describeRun(summary);
  context.set({ steps: state.step > 0 ? completeStep(steps, 'train', line) : steps });
}

async function resumeRun(context: StudioContext, id: string): Promise<void> {
  if (await openRun(context, id, 'train')) await continueRun(context);
}

/** Whether a run is still to go on. */
export function isUnfinished({ phase }: StoredRun): boolean {
  return phase === 'running' || phase === 'paused';
}

/** Actions over stored runs. */
export function createRunsActions(context: StudioContext) {
  const { engine } = context;
  engine.subscribe('run.free', ({ id }) => {
    if (context.get().train.lookingOn) void openRun(context, id, context.get().currentStep);
  });
  // Saved for the first time: the next visit begins with it in the list.
  engine.subscribe('run.kept', ({ id, step }) => {
    if (step !== null && context.get().runs.stored?.runs.every((run) => run.id !== id)) void refreshRuns(context);
  });
  return {
    lookAtRuns: () => {
      if (context.get().runs.stored !== null) void refreshRuns(context);
    },
    resumeRun: (id: string) => void resumeRun(context, id),
    /** Shows a run without going on. @param step what is shown first */
    openRun: (id: string, step: StepName) => void openRun(context, id, step),
    renameRun: (id: string, name: string) => void ask(context, () => engine.call('runs.rename', { id, name })),
    declineRun: () => context.patch('runs', { offered: null }),
    deleteRun: (id: string) => void ask(context, () => engine.call('runs.delete', { id })),
  };
}
