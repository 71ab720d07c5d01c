/** Commands of the Train step. */
import { StudioError } from '../../core/errors.ts';
import type { ReferenceLines } from '../../core/reference/referenceLines.ts';
import { deviceMemory } from '../../ml/backend.ts';
import type { TrainerState } from '../../ml/training/stepTrainer.ts';
import { countParameters } from '../../model/parameters.ts';
import { isStuck } from '../keptWeights.ts';
import type { LiveModel } from '../liveModel.ts';
import type { CommandParams, CommandResult, Emit, MemoryReport, RunState, RunSummary } from '../protocol.ts';
import { referenceLinesOf } from '../reference.ts';
import { broadcastRun } from '../runBroadcast.ts';
import { type KeptRun, RunKeeper } from '../runKeeper.ts';
import { withRunLock } from '../runLock.ts';
import { asJob, type SessionState } from '../session.ts';
import { dropLaterCheckpoints } from '../storage/checkpoints.ts';
import { freeBytes, openStore } from '../storage/openStore.ts';
import { type RunOptions, TrainingRun } from '../trainingRun.ts';
import { drawModel, ensureDevice } from './model.ts';
import { furtherModel } from './openModel.ts';

/** Trains from freshly drawn weights; replies when the run ends. */
export async function startTraining(
  state: SessionState,
  params: CommandParams<'train.start'>,
): Promise<CommandResult<'train.start'>> {
  await ensureDevice(state);
  return asJob(state, 'training', async () => {
    const live = params.start === 'opened' ? await furtherModel(state, params) : drawModel(state, params);
    if (params.keepAs === null) return train(state, live, state.emit, {});
    // The time keeps ids of one device apart; the rest those of two tabs.
    const id = `${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 8)}`;
    return trainKept(state, live, { id, title: params.keepAs, createdMs: live.startedMs, from: null, number: 0 }, null);
  });
}

/** Goes on with the opened run; replies when it ends. @throws StudioError `runMissing`, `runInUse` */
export async function continueTraining(state: SessionState): Promise<CommandResult<'train.continue'>> {
  return asJob(state, 'training', async () => {
    const { opened, model: live } = state;
    if (opened === null || live === null) throw new StudioError('runMissing', 'no run was opened');
    return trainKept(state, live, opened.run, opened.trainer);
  });
}

/** Trains a run that is saved as it goes, which no other tab may do meanwhile. */
function trainKept(state: SessionState, live: LiveModel, run: KeptRun, from: TrainerState | null): Promise<RunSummary> {
  return withRunLock(run.id, run.title, async () => {
    const store = await openStore();
    if (run.from !== null) await dropLaterCheckpoints(store, run.id, run.from);
    const { emit, close } = broadcastRun(run.id, live, state.emit);
    try {
      const keeper = new RunKeeper({ store, run, everySeconds: live.training.saveEvery, emit, freeBytes });
      return await train(state, live, emit, { from, keeper });
    } finally {
      close();
    }
  });
}

async function train(state: SessionState, live: LiveModel, emit: Emit, options: RunOptions): Promise<RunSummary> {
  state.opened = null;
  state.stopLookingOn?.();
  state.stopLookingOn = null;
  const run = new TrainingRun(live, emit, options);
  state.run = run;
  const reference = await referenceLinesOf(live.tokens);
  if (reference) emit('train.reference', reference);
  await run.train();
  return summarizeRun(live, run, reference);
}

/** What is held while training. */
export async function reportMemory({ run, model }: SessionState): Promise<MemoryReport> {
  const { tensors, bytes } = deviceMemory();
  return { tensors, tensorBytes: bytes, trainerBytes: run?.trainerBytes ?? 0, points: model?.points.length ?? 0 };
}

export async function pauseTraining(state: SessionState): Promise<RunState> {
  const run = requireRun(state);
  run.pause();
  return run.state;
}

export async function resumeTraining(state: SessionState): Promise<RunState> {
  const run = requireRun(state);
  if (state.exporting) throw new StudioError('busy', 'resumed while exporting', { doing: 'exporting' });
  run.resume();
  return run.state;
}

export async function stopTraining(state: SessionState): Promise<RunState> {
  const run = requireRun(state);
  run.stop();
  return run.state;
}

function requireRun(state: SessionState): TrainingRun {
  if (!state.run) throw new StudioError('stepMissing', 'nothing was trained', { step: 'train' });
  return state.run;
}

/** The figures of a run, as its last line on the command line gives them. */
export function summarizeRun(
  live: LiveModel,
  { tokensPerSecond, dataWaitShare }: Pick<RunSummary, 'tokensPerSecond' | 'dataWaitShare'>,
  reference: ReferenceLines | null,
): RunSummary {
  const { points, heldOut, device, tokens } = live;
  const tail = points.slice(-Math.max(1, Math.ceil(points.length / 10)));
  const first = heldOut[0];
  const last = heldOut.at(-1);
  return {
    steps: live.step,
    seconds: live.elapsedMs / 1000,
    backend: device.active,
    adapter: device.adapter,
    tokensPerSecond,
    dataWaitShare,
    trainLoss: tail.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, tail.length),
    heldOutLoss: last?.loss ?? null,
    heldOutTop1: last?.top1 ?? null,
    heldOutTop5: last?.top5 ?? null,
    heldOutStandardError: last?.standardError ?? null,
    weightsStep: live.weightsStep,
    endedEarly: live.step < live.training.steps && isStuck(live),
    firstHeldOutLoss: first?.loss ?? null,
    heldOut: last ?? null,
    reference,
    vocabSize: tokens.tokenizer.tokenCount,
    parameters: countParameters(live.model, tokens.tokenizer.vocabSize),
  };
}
