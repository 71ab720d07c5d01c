/** The learning rate over a run, as a pure function of the step. */
import type { TrainingConfig } from './config.ts';
import { RANGE_SPAN } from './rangeTest.ts';

type ScheduleConfig = Pick<TrainingConfig, 'steps' | 'warmupSteps' | 'learningRate' | 'schedule'>;

/**
 * The learning rate of an update: rises linearly over the warm-up, then follows the schedule down to 0 after the last step.
 * One-cycle rises and falls along half cosines, from a 25th of the highest rate and to a 10,000th of that.
 * Source: `torch.optim.lr_scheduler.OneCycleLR` for one-cycle (Smith and Topin 2019), its momentum left as it is.
 * @param step 0 for the first update
 * @example learningRateAt({ steps: 10, warmupSteps: 2, learningRate: 1, schedule: 'linear' }, 0) === 0.5
 */
export function learningRateAt(config: ScheduleConfig, step: number): number {
  const { steps, warmupSteps, learningRate, schedule } = config;
  if (schedule === 'oneCycle') return oneCycleAt(config, step);
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  switch (schedule) {
    case 'range':
      return learningRate * RANGE_SPAN ** (progress * (steps / Math.max(1, steps - 1)) - 1);
    case 'constant':
      return learningRate;
    case 'linear':
      return learningRate * (1 - progress);
    case 'cosine':
      return learningRate * 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}

const FIRST_DIVISOR = 25;
const LAST_DIVISOR = 10_000;

/** @param step 0 for the first update; the peak is the last step of the warm-up */
function oneCycleAt({ steps, warmupSteps, learningRate }: ScheduleConfig, step: number): number {
  const first = learningRate / FIRST_DIVISOR;
  const peak = Math.max(0, warmupSteps - 1);
  if (step < peak) return between(first, learningRate, step / peak);
  return between(learningRate, first / LAST_DIVISOR, Math.min(1, (step - peak) / Math.max(1, steps - 1 - peak)));
}

/** From one value to another along half a cosine. */
function between(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2;
}
