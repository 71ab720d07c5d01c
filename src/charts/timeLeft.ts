/** How long a run still takes, from its latest readings. */
import type { TrainSlice } from '../steps/train/trainState.ts';

/** Seconds that the run under way still takes; null: not known yet. */
export function timeLeft({ runs, state }: TrainSlice): number | null {
  const log = runs.at(-1)?.log.train;
  return log ? secondsLeft(log.column('step'), log.column('elapsedMs'), state.steps) : null;
}

/** The pace is that of the last seconds: the first steps compile kernels and would make the whole run look slow. */
const LOOK_BACK_MS = 10_000;

/**
 * Seconds left, from the pace of the latest readings.
 * @param elapsedMs training time at each reading; readings that came together have the same time
 * @returns null as long as there is no pace to go by
 * @example secondsLeft([0, 10, 20], [0, 1000, 2000], 100) // 7.9
 */
export function secondsLeft(steps: ArrayLike<number>, elapsedMs: ArrayLike<number>, total: number): number | null {
  const last = steps.length - 1;
  if (last < 1) return null;
  const nowMs = elapsedMs[last] ?? 0;
  // Back to the last reading of an earlier time: the one whose step its time belongs to.
  let from = last;
  while (from > 0 && nowMs - (elapsedMs[from] ?? 0) < LOOK_BACK_MS) from--;
  const fromMs = elapsedMs[from] ?? 0;
  while (from < last && elapsedMs[from + 1] === fromMs) from++;
  const stepsDone = (steps[last] ?? 0) - (steps[from] ?? 0);
  const milliseconds = nowMs - fromMs;
  if (stepsDone <= 0 || milliseconds <= 0) return null;
  // A reading of step 9 is taken after the tenth step.
  const remaining = Math.max(0, total - 1 - (steps[last] ?? 0));
  return (remaining * milliseconds) / stepsDone / 1000;
}
