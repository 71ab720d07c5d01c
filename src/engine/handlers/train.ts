/** Commands of the Train step. */
import { StudioError } from '../../core/errors.ts';
import { countParameters } from '../../core/model/parameters.ts';
import type { ReferenceLines } from '../../core/reference/referenceLines.ts';
import type { CommandParams, CommandResult, RunState, RunSummary } from '../protocol.ts';
import { referenceLinesOf } from '../reference.ts';
import { asJob, type LiveModel, type SessionState } from '../session.ts';
import { TrainingRun } from '../trainingRun.ts';
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
    const run = new TrainingRun(live, state.emit);
    state.run = run;
    const reference = await referenceLinesOf(live.tokens);
    if (reference) state.emit('train.reference', reference);
    await run.train();
    return summarizeRun(live, run.tokensPerSecond, reference);
  });
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
function summarizeRun(live: LiveModel, tokensPerSecond: number, reference: ReferenceLines | null): RunSummary {
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
    trainLoss: tail.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, tail.length),
    heldOutLoss: last?.loss ?? null,
    heldOutTop1: last?.top1 ?? null,
    heldOutTop5: last?.top5 ?? null,
    heldOutStandardError: last?.standardError ?? null,
    firstHeldOutLoss: first?.loss ?? null,
    heldOut: last ?? null,
    reference,
    vocabSize: tokens.tokenizer.vocabSize,
    parameters: countParameters(live.model, tokens.tokenizer.vocabSize),
  };
}
