/** The columns of a run's log that charts draw. */
import type { MetricsLog } from '../../store/metricsLog.ts';

export interface RunSeries {
  readonly version: number;
  readonly steps: Float64Array;
  readonly losses: Float64Array;
  readonly heldOutSteps: Float64Array;
  readonly heldOutLosses: Float64Array;
  readonly learningRates: Float64Array;
  readonly gradientNorms: Float64Array;
  readonly accuracies: Float64Array;
}

/** Views of the log as it is at a version. */
export function readSeries({ train, heldOut }: MetricsLog, version: number): RunSeries {
  return {
    version,
    steps: train.column('step'),
    losses: train.column('loss'),
    learningRates: train.column('learningRate'),
    gradientNorms: train.column('gradientNorm'),
    accuracies: train.column('maskedAccuracy'),
    heldOutSteps: heldOut.column('step'),
    heldOutLosses: heldOut.column('loss'),
  };
}
