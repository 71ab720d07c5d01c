/** Commands of the Train step. */
import { deviceMemory } from '../../compute/backend.ts';
import type { StepPoint, TrainerState } from '../../compute/training/trainer.ts';
import type { RunSettings, TrainingConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { lastTrainLoss } from '../../core/metrics.ts';
import {
  ALL_STEPS,
  addReading,
  bestTrial,
  isOver,
  RANGE_STEPS,
  type RangePoint,
  type RangeTest,
  type RateTrial,
  rangeTraining,
  ratesBelow,
  readTrial,
  TRIAL_STEPS,
  trialTraining,
  turnOf,
} from '../../core/rangeTest.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import { dropLaterCheckpoints } from '../../files/storage/checkpoints.ts';
import { freeBytes, openStore } from '../../files/storage/fileStore.ts';
import { countParameters } from '../../model/parameters.ts';
import type { Emit, RunState } from '../../studio/events.ts';
import type { Commands } from '../../studio/rpc.ts';
import { isStuck } from '../../studio/worker/keptWeights.ts';
import type { LiveModel, TokenizedText } from '../../studio/worker/liveModel.ts';
import { broadcastRun, withRunLock } from '../../studio/worker/runBroadcast.ts';
import { type KeptRun, RunKeeper } from '../../studio/worker/runKeeper.ts';
import { asJob, type SessionState } from '../../studio/worker/session.ts';
import { referenceLinesOf } from '../../studio/worker/tokenizeText.ts';
import { type RunOptions, TrainingRun } from '../../studio/worker/trainingRun.ts';
import { withTrial } from '../../studio/worker/trialRun.ts';
import type { ReferenceLines } from '../../text/reference/referenceLines.ts';
import { furtherModel } from '../data/openModelCommands.ts';
import { drawModel, ensureDevice, tryOut } from '../model/modelCommands.ts';

interface StartParams extends RunSettings {
  /** `opened`: from the weights of the opened model, and not from fresh ones. */
  readonly start?: 'fresh' | 'opened';
  /** What the run is called where it is kept on this device; null: it is not kept. */
  readonly keepAs: string | null;
}

const TELL_EVERY = 4;

export const trainCommands = {
  /** Trains from freshly drawn weights; replies when the run ends, events tell how it goes. */
  'train.start': async (state, params: StartParams) => {
    await ensureDevice(state);
    return asJob(state, 'training', async () => {
      const live = params.start === 'opened' ? await furtherModel(state, params) : drawModel(state, params);
      if (params.keepAs === null) return train(state, live, state.emit, {});
      // The time keeps ids of one device apart; the rest those of two tabs.
      const id = `${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 8)}`;
      const run = { id, title: params.keepAs, createdMs: live.startedMs, from: null, number: 0 };
      return trainKept(state, live, run, null);
    });
  },

  /** Goes on with the opened run, from its last saved step; replies when it ends. @throws StudioError `runMissing`, `runInUse` */
  'train.continue': async (state) =>
    asJob(state, 'training', async () => {
      const { opened, model: live } = state;
      if (opened === null || live === null) throw new StudioError('runMissing', 'no run was opened');
      return trainKept(state, live, opened.run, opened.trainer);
    }),

  'train.pause': async (state) => order(state, 'pause'),
  'train.resume': async (state) => order(state, 'resume'),
  /** Ends the run; the weights so far are kept. */
  'train.stop': async (state) => order(state, 'stop'),

  /** Tries growing learning rates, then a few of them for longer, on models that are thrown away. @returns null if cancelled */
  'train.range': async (state, params: RunSettings, signal) =>
    tryOut(state, 'testing learning rates', params, async (tokens) => findRate({ state, params, signal, tokens })),

  /** Memory that is held now, for long runs; JavaScript's own is not counted. */
  'device.memory': async ({ run, model }) => {
    const { tensors, bytes } = deviceMemory();
    // `trainerBytes`: of our own buffers for training; `points`: figures of steps that are kept.
    return { tensors, tensorBytes: bytes, trainerBytes: run?.trainerBytes ?? 0, points: model?.points.length ?? 0 };
  },
} satisfies Commands<SessionState>;

interface RangeRun {
  readonly state: SessionState;
  readonly params: RunSettings;
  readonly signal: AbortSignal;
  readonly tokens: TokenizedText;
}

/** The range test and the trials of the rates below its turn. */
async function findRate(run: RangeRun): Promise<RangeTest | null> {
  let points: RangePoint[] = [];
  const grown = await takeSteps(run, rangeTraining(run.params.training), ({ learningRate, loss }, step) => {
    points = addReading(points, learningRate, loss);
    if (step % TELL_EVERY === 0) run.state.emit('train.rangeProgress', { done: step / ALL_STEPS, points });
    return !isOver(points);
  });
  if (!grown) return null;
  const turn = turnOf(points);
  const trials: RateTrial[] = [];
  for (const [at, rate] of (turn === null ? [] : ratesBelow(turn)).entries()) {
    const losses: number[] = [];
    const tried = await takeSteps(run, trialTraining(run.params.training, rate), ({ loss }, step) => {
      losses.push(loss);
      const done = (RANGE_STEPS + at * TRIAL_STEPS + step) / ALL_STEPS;
      if (step % TELL_EVERY === 0) run.state.emit('train.rangeProgress', { done, points });
      return true;
    });
    if (!tried) return null;
    trials.push(readTrial(rate, losses));
  }
  return { points, turn, trials, suggested: bestTrial(trials) };
}

/**
 * Trains a model that is thrown away, until `read` has had enough or a loss is not a number.
 * @returns false if it was cancelled
 */
async function takeSteps(
  { params, signal, tokens }: RangeRun,
  training: TrainingConfig,
  read: (point: StepPoint, step: number) => boolean,
): Promise<boolean> {
  return withTrial(tokens, { ...params, training }, async (take) => {
    for (let step = 0; step < training.steps; step++) {
      const [reading] = (await take(step)).points;
      if (reading === undefined || !Number.isFinite(reading.loss) || !read(reading, step)) break;
      await yieldToMessages();
      if (signal.aborted) return false;
    }
    return true;
  });
}

/** Trains a run that is saved as it goes, which no other tab may do meanwhile. */
function trainKept(state: SessionState, live: LiveModel, run: KeptRun, from: TrainerState | null): Promise<RunSummary> {
  return withRunLock(run.id, run.title, async () => {
    const store = await openStore();
    if (run.from !== null) await dropLaterCheckpoints(store, run.id, run.from);
    const { emit, close } = broadcastRun(run.id, live, state.emit);
    try {
      const keeper = new RunKeeper({ store, run, everySeconds: live.config.training.saveEvery, emit, freeBytes });
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

function order({ run, exporting }: SessionState, what: 'pause' | 'resume' | 'stop'): RunState {
  if (!run) throw new StudioError('stepMissing', 'nothing was trained', { step: 'train' });
  if (what === 'resume' && exporting) throw new StudioError('busy', 'resumed while exporting', { doing: 'exporting' });
  run[what]();
  return run.state;
}

export type RunSummary = ReturnType<typeof summarizeRun>;

/** The figures of a run, as its last line on the command line gives them; null where nothing was held out. */
export function summarizeRun(
  live: LiveModel,
  { tokensPerSecond, dataWaitShare }: { tokensPerSecond: number; dataWaitShare: number | null },
  reference: ReferenceLines | null,
) {
  const { config, points, heldOut, device, tokens } = live;
  return {
    steps: live.step,
    seconds: live.elapsedMs / 1000,
    backend: device.active,
    adapter: device.adapter,
    tokensPerSecond,
    /** See `RunState`; null of a run that comes from storage. */
    dataWaitShare,
    trainLoss: lastTrainLoss(points),
    /** The step that the weights are of: that of the lowest held-out loss, or the last one. */
    weightsStep: live.weightsStep,
    /** Whether the run ended by itself, since the held-out loss no longer fell. */
    endedEarly: live.step < config.training.steps && isStuck(live),
    firstHeldOutLoss: heldOut[0]?.loss ?? null,
    /** The last held-out pass, with everything that it found. */
    heldOut: heldOut[heldOut.length - 1] ?? null,
    /** What the held-out loss is to be read against. */
    reference,
    vocabSize: tokens.tokenizer.tokenCount,
    parameters: countParameters(config.model, tokens.tokenizer.vocabSize),
  };
}
