/** The question that comes before a change that makes a trained model out of date. */
import type { StudioContext } from './context.ts';
import { STEP_NAMES, STEP_TITLES, type StepName } from './steps.ts';

/** A change that waits for the person's answer. */
export interface PendingChange {
  /** The step that the change belongs to. */
  readonly step: StepName;
  /** What it would do. */
  readonly sentence: string;
  readonly apply: () => void;
}

declare module './state.ts' {
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
    `The model was trained with what is here now. After this change the steps from ${STEP_TITLES[step]} to Export ` +
    `(${later.length} of ${STEP_NAMES.length}) need redoing. The trained model can still be tested and exported until ` +
    'a new one takes its place.';
  context.set({ pendingChange: { step, sentence, apply } });
}
