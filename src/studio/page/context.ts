/** What every slice works with: the engine and the store's own state. */
import { type PlainError, StudioError } from '../../core/errors.ts';
import type { EngineClient } from '../client.ts';
import { STEP_NAMES, STEP_TITLES, type StepName } from './steps.ts';
import type { StudioState } from './studioState.ts';

type Objects = Exclude<
  keyof StudioState,
  'actions' | 'oneClick' | 'sweep' | 'pendingChange' | 'currentStep' | 'notices'
>;

export interface StudioContext {
  readonly engine: EngineClient;
  get(): StudioState;
  set(change: Partial<StudioState>): void;
  /** Merges into one slice; the others keep their identity, so that only its readers draw again. */
  patch<K extends Objects>(slice: K, change: Partial<StudioState[K]>): void;
  /** Merges into the state of one step. */
  patchStep(step: StepName, change: Partial<StudioState['steps'][StepName]>): void;
}

/** Whatever was thrown, as plain data. */
export function toPlainError(thrown: unknown): PlainError {
  return StudioError.from(thrown).toPlain();
}

/**
 * Runs the work of a step: busy meanwhile, its error afterwards. What went wrong is kept in the step's state.
 * @returns what `work` returned, or null if it failed
 */
export async function runStep<T>(context: StudioContext, step: StepName, work: () => Promise<T>): Promise<T | null> {
  context.patchStep(step, { busy: true, error: null });
  try {
    return await work();
  } catch (thrown) {
    context.patchStep(step, { error: toPlainError(thrown) });
    return null;
  } finally {
    context.patchStep(step, { busy: false });
  }
}

/** A change that waits for the person's answer. */
interface PendingChange {
  /** The step that the change belongs to. */
  readonly step: StepName;
  /** What it would do. */
  readonly sentence: string;
  readonly apply: () => void;
}

declare module './studioState.ts' {
  interface StudioState {
    /** A change that waits for the person's yes, since it makes a trained model out of date. */
    readonly pendingChange: PendingChange | null;
  }
}

/** Does `apply`, after asking where a trained model would be out of date. */
export function askFirst(context: StudioContext, step: StepName, apply: () => void): void {
  if (context.get().steps.train.result !== 'fresh') {
    apply();
    return;
  }
  const later = STEP_NAMES.slice(STEP_NAMES.indexOf(step));
  const sentence =
    `The model was trained with the current text and settings. After this change the steps from ${STEP_TITLES[step]} to Export ` +
    `(${later.length} of ${STEP_NAMES.length}) need redoing. The trained model can still be tested and exported until ` +
    'a new one takes its place.';
  context.set({ pendingChange: { step, sentence, apply } });
}
