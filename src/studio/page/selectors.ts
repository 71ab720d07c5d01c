/** Answers that more than one component needs. */
import type { ConfigPart } from '../../core/config.ts';
import { firstDo } from '../../core/errorSentences.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { firstProblem } from './limits.ts';
import { blockedBy, STEP_NAMES, STEP_TITLES, type StepName, type StepStatus, stepStatus } from './steps.ts';
import type { StudioState } from './studioState.ts';

const readsWeights = (step: StepName): boolean => step === 'test' || step === 'export';
const hasWeights = ({ train, openedModel }: StudioState): boolean =>
  train.hasModel && (train.state.step > 0 || openedModel.model !== null);

/** What the rail shows of a step. Weights can be tested while they train, and after a change made the step before stale. */
export function selectStatus(state: StudioState, step: StepName): StepStatus {
  const status = stepStatus(state.steps, step);
  return status === 'locked' && readsWeights(step) && hasWeights(state) ? 'open' : status;
}

/** What to do next: the first step that can be done and is not, or null while one is at work. */
export function selectNext(state: StudioState): StepName | null {
  const statuses = STEP_NAMES.map((step) => selectStatus(state, step));
  if (statuses.includes('busy')) return null;
  return STEP_NAMES[statuses.findIndex((status) => status === 'open' || status === 'stale')] ?? null;
}

/** Which steps a change of this one's settings would make out of date, in a sentence, or null where there are none. */
export function selectOutdated({ steps }: StudioState, step: StepName): string | null {
  const later = STEP_NAMES.slice(STEP_NAMES.indexOf(step) + 1).filter((name) => steps[name].result === 'fresh');
  if (later.length === 0) return null;
  const names = new Intl.ListFormat('en-GB').format(later.map((name) => STEP_TITLES[name]));
  return `After a change here, ${names} must be redone.`;
}

/** A sentence that can't be asked about says so beside itself; the step is as it was. */
const REFUSED_SENTENCE: ReadonlySet<string> = new Set<ErrorCode>(['testEmpty', 'testNoMask', 'testTooLong']);

/** Whether a step was tried in vain: it has an error, and nothing that is still true. */
export function selectFailed(state: StudioState, step: StepName): boolean {
  const { error, result } = state.steps[step];
  return error !== null && result !== 'fresh' && !REFUSED_SENTENCE.has(error.code);
}

/** The earlier step that has to be done before this one can, or null. */
export function selectNeeded(state: StudioState, step: StepName): StepName | null {
  return readsWeights(step) && hasWeights(state) ? null : blockedBy(state.steps, step);
}

/** Why a step can't be done now, in a sentence, or null. */
export function selectBlocked(state: StudioState, step: StepName): string | null {
  const needed = selectNeeded(state, step);
  return needed === null ? null : firstDo(needed);
}

/** Whether leaving the page would lose something: a run under way, or weights that are neither kept here nor exported. */
export function selectUnsaved(state: StudioState): boolean {
  const { kept, opened } = state.train;
  const isKept = opened !== null || (kept?.lasting === true && kept.problem === null);
  return state.steps.train.busy || (hasWeights(state) && !isKept && state.steps.export.result !== 'fresh');
}

/** What the engine is at that keeps other long work from starting, in a sentence, or null. Testing is always possible. */
export function selectBusy(state: StudioState): string | null {
  if (state.steps.train.busy)
    return state.train.state.phase === 'paused'
      ? 'Training is paused. Stop it, or resume it and wait until it ends.'
      : 'Training is running. Stop it, or wait until it ends.';
  if (state.oneClick?.phase === 'walking') return 'Folio is training with the defaults. Cancel it to change something.';
  if (state.device.measuring) return 'Folio is measuring the devices.';
  for (const step of ['data', 'tokenizer', 'model'] as const) {
    if (state.steps[step].busy) return `Folio is busy with the ${STEP_TITLES[step]} step.`;
  }
  return null;
}

/** Why the work of a step can't start now, in a sentence: an earlier step, other work, or its settings; or null. */
export function selectRefusal(state: StudioState, step: StepName): string | null {
  return selectBlocked(state, step) ?? selectBusy(state) ?? firstProblem(state.config, step);
}

/**
 * Why the settings of a part can't be changed now, or null. Those of the training are the next run's; a tokenizer that is being
 * trained has read its own.
 */
export function selectSettingsLocked(state: StudioState, part: ConfigPart): string | null {
  const walking = state.oneClick?.phase === 'walking';
  const inUse = state.steps.train.busy || (state.steps.tokenizer.busy && part !== 'tokenizer');
  return part !== 'training' && (walking || inUse) ? selectBusy(state) : null;
}
