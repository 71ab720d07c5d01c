/** The learning rate over a run, as a pure function of the step. */
import type { TrainingConfig } from './config.ts';

type ScheduleConfig = Pick<TrainingConfig, 'steps' | 'warmupSteps' | 'learningRate' | 'schedule'>;

/**
 * The learning rate of an update: rises linearly over the warm-up, then follows the schedule down to 0 after the last step.
 * @param step 0 for the first update
 * @example learningRateAt({ steps: 10, warmupSteps: 2, learningRate: 1, schedule: 'linear' }, 0) === 0.5
 */
export function learningRateAt(config: ScheduleConfig, step: number): number {
  const { steps, warmupSteps, learningRate, schedule } = config;
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  switch (schedule) {
    case 'constant':
      return learningRate;
    case 'linear':
      return learningRate * (1 - progress);
    case 'cosine':
      return learningRate * 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}
