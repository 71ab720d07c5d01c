/** What takes the steps of a run: `Trainer` on any backend, `FusedTrainer` on WebGPU. */
import type { Batch } from '../../core/pipeline/batches.ts';

/** What one step reports. `loss` or `gradientNorm` is not finite from the step on whose update was not made. */
export interface StepPoint {
  /** 0 for the first. */
  readonly step: number;
  /** Mean negative log-likelihood of the chosen tokens before the update, nats. */
  readonly loss: number;
  readonly maskedAccuracy: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
}

export interface StepTrainer {
  /**
   * One optimizer step. Nothing is read back: the figures stay on the device until `readPoints`.
   *
   * A loss or gradient that is not finite makes this update and every later one a no-op, so that the read that reveals it
   * finds the weights from before it.
   *
   * @param step 0 for the first
   * @param batches `gradientAccumulation` of them
   */
  step(step: number, batches: readonly Batch[]): void;

  /**
   * Reads what the steps since the last read reported, oldest first, in one transfer. Waits for the device to finish them,
   * which is what bounds its queue.
   * @throws StudioError `internal` if the device failed on the way
   */
  readPoints(): Promise<StepPoint[]>;

  /** Frees everything but the model, whose parameters hold what was learned. */
  dispose(): void;
}
