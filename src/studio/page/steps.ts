/** The seven steps: their order, what each needs, and what a change of one does to the later ones. Pure. */
import type { PlainError } from '../../core/errors.ts';

export const STEP_NAMES = ['data', 'tokenizer', 'pipeline', 'model', 'train', 'test', 'export'] as const;
export type StepName = (typeof STEP_NAMES)[number];

function forEachStep<T>(of: (step: StepName) => T): Readonly<Record<StepName, T>> {
  return Object.fromEntries(STEP_NAMES.map((step) => [step, of(step)])) as Record<StepName, T>;
}

/** As the rail shows them: "Data", "Tokenizer". */
export const STEP_TITLES = forEachStep((step) => `${step.charAt(0).toUpperCase()}${step.slice(1)}`);

/** What a step has to show, beside whether it is at work. */
export interface StepState {
  /** `stale`: there is a result, but settings or an earlier step changed since. */
  readonly result: 'none' | 'fresh' | 'stale';
  readonly busy: boolean;
  readonly error: PlainError | null;
  /** The result in a line, such as "1,024 tokens, 2.8 bytes per token". */
  readonly line: string | null;
}

export type Steps = Readonly<Record<StepName, StepState>>;
export type StepStatus = 'locked' | 'open' | 'busy' | 'done' | 'stale';

const UNTOUCHED: StepState = { result: 'none', busy: false, error: null, line: null };

/** Seven steps of which none was done. */
export const FIRST_STEPS: Steps = forEachStep(() => UNTOUCHED);

/** The earliest step that has to be done before this one can, or null. */
export function blockedBy(steps: Steps, step: StepName): StepName | null {
  // Test and Export both read the trained weights.
  const needed = step === 'export' ? 'train' : STEP_NAMES[STEP_NAMES.indexOf(step) - 1];
  if (needed === undefined) return null;
  return blockedBy(steps, needed) ?? (steps[needed].result === 'fresh' ? null : needed);
}

/** What the rail shows of a step. */
export function stepStatus(steps: Steps, step: StepName): StepStatus {
  const { busy, result } = steps[step];
  if (busy) return 'busy';
  if (result === 'fresh') return 'done';
  if (result === 'stale') return 'stale';
  return blockedBy(steps, step) === null ? 'open' : 'locked';
}

/**
 * The one place where a change makes results out of date: those of `step` and of every later step.
 * @example a vocabulary size was changed: invalidateFrom(steps, 'tokenizer')
 */
export function invalidateFrom(steps: Steps, step: StepName): Steps {
  const first = STEP_NAMES.indexOf(step);
  const next: Record<StepName, StepState> = { ...steps };
  for (const name of STEP_NAMES.slice(first)) {
    const state = steps[name];
    if (state.result === 'fresh') next[name] = { ...state, result: 'stale', error: null };
  }
  return next;
}

/** A step finished: it is fresh, and what was built on its former result is out of date. */
export function completeStep(steps: Steps, step: StepName, line: string): Steps {
  const following = STEP_NAMES[STEP_NAMES.indexOf(step) + 1];
  // Testing changes nothing that Export reads.
  const invalidated = following === undefined || step === 'test' ? steps : invalidateFrom(steps, following);
  return { ...invalidated, [step]: { result: 'fresh', busy: false, error: null, line } };
}
