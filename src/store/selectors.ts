/** Answers that more than one component needs. */
import type { StudioState } from './state.ts';
import { blockedBy, STEP_TITLES, type StepName, type StepStatus, stepStatus } from './steps.ts';

const readsWeights = (step: StepName): boolean => step === 'test' || step === 'export';
const hasWeights = ({ train }: StudioState): boolean => train.hasModel && train.state.step > 0;

/** What the rail shows of a step. Weights can be tested while they train, and after a change made the step before stale. */
export function selectStatus(state: StudioState, step: StepName): StepStatus {
  const status = stepStatus(state.steps, step);
  return status === 'locked' && readsWeights(step) && hasWeights(state) ? 'open' : status;
}

const WHAT_TO_DO: Readonly<Record<StepName, string>> = {
  data: 'load a text in the step Data',
  tokenizer: 'train the tokenizer in the step Tokenizer',
  pipeline: 'draw a batch in the step Pipeline',
  model: 'create the model in the step Model',
  train: 'train the model in the step Train',
  test: 'ask the model in the step Test',
  export: 'export the model',
};

/** Why a step can't be done now, in a sentence, or null. */
export function selectBlocked(state: StudioState, step: StepName): string | null {
  if (readsWeights(step) && hasWeights(state)) return null;
  const needed = blockedBy(state.steps, step);
  return needed === null ? null : `First ${WHAT_TO_DO[needed]}.`;
}

/** What the engine is at that keeps other long work from starting, in a sentence, or null. Testing is always possible. */
export function selectBusy(state: StudioState): string | null {
  if (state.steps.train.busy) return 'Training is running. Stop it, or wait until it ends.';
  if (state.oneClick?.phase === 'walking') return 'Folio is training with the defaults. Cancel it to change something.';
  for (const step of ['data', 'tokenizer', 'model'] as const) {
    if (state.steps[step].busy) return `Folio is busy with the step ${STEP_TITLES[step]}.`;
  }
  return null;
}

/** Why the settings of the early steps can't be changed now, or null. */
export function selectSettingsLocked(state: StudioState): string | null {
  const walking = state.oneClick?.phase === 'walking';
  return walking || state.steps.train.busy || state.steps.tokenizer.busy ? selectBusy(state) : null;
}
