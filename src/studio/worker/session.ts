/**
 * The worker's only mutable state, and who may change it when. Commands (`…Commands.ts` in `steps/`) are functions over it, one
 * file a step.
 */
import type { TrainerState } from '../../compute/training/trainer.ts';
import type { DeviceReport } from '../../core/device.ts';
import { StudioError } from '../../core/errors.ts';
import type { Emit } from '../events.ts';
import type { LiveModel, LoadedText, TokenizedText } from './liveModel.ts';
import type { KeptRun } from './runKeeper.ts';
import type { TrainingRun } from './trainingRun.ts';

/** A page of a list, of those entries that hold `query`. */
export interface PageQuery {
  readonly query: string;
  readonly offset: number;
  readonly limit: number;
}

/** A fresh session. */
export function createSession(emit: Emit) {
  return {
    emit,
    text: null as LoadedText | null,
    tokens: null as TokenizedText | null,
    model: null as LiveModel | null,
    run: null as TrainingRun | null,
    device: null as DeviceReport | null,
    /** The latest look at the device, under way or done. */
    probing: null as Promise<DeviceReport> | null,
    /** What the worker is doing at length, in words that follow "Folio is busy"; null: nothing. */
    job: null as string | null,
    /** A stored run that was opened and can go on; null: none. */
    opened: null as { readonly run: KeptRun; readonly trainer: TrainerState } | null,
    /** Ends the looking on at a run of another tab. */
    stopLookingOn: null as (() => void) | null,
    /** An export is under way, during which weights stand still. */
    exporting: false,
  };
}
export type SessionState = ReturnType<typeof createSession>;

/** @throws StudioError `busy` while a long job is under way */
export function assertIdle(state: SessionState): void {
  if (state.job) throw new StudioError('busy', `busy ${state.job}`, { doing: state.job });
}

/** Runs a long job that nothing else may disturb. @throws StudioError `busy` while another one is under way */
export async function asJob<T>(state: SessionState, doing: string, work: () => Promise<T>): Promise<T> {
  assertIdle(state);
  state.job = doing;
  try {
    return await work();
  } finally {
    state.job = null;
  }
}

/** @returns the text. @throws StudioError `stepMissing` */
export function requireText(state: SessionState): LoadedText {
  if (!state.text) throw new StudioError('stepMissing', 'no text is loaded', { step: 'data' });
  return state.text;
}

/** @returns the tokenized text. @throws StudioError `stepMissing` */
export function requireTokens(state: SessionState): TokenizedText {
  if (!state.tokens) throw new StudioError('stepMissing', 'no tokenizer is trained', { step: 'tokenizer' });
  return state.tokens;
}

/** @returns the model, once it has moved to the device in use. @throws StudioError `stepMissing` */
export async function requireModel(state: SessionState): Promise<LiveModel> {
  await state.probing?.catch(() => null);
  if (!state.model) throw new StudioError('stepMissing', 'there is no model', { step: 'model' });
  return state.model;
}
