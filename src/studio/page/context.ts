/** What every slice works with: the engine and the store's own state. */
import { type PlainError, StudioError } from '../../core/errors.ts';
import type { EngineClient } from '../client.ts';
import type { StudioState } from './state.ts';
import type { StepName } from './steps.ts';

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
