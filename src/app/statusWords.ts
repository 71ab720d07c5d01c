import type { StepStatus } from '../studio/page/steps.ts';

/** How a step stands, in a word. */
export const STATUS_WORDS: Readonly<Record<StepStatus, string>> = {
  locked: 'later',
  open: 'open',
  busy: 'at work',
  done: 'done',
  stale: 'redo',
};
