/** What takes the steps of a run: `Trainer` on any backend, `RecordedTrainer` on WebGPU and on the processor. */
import type { TrainPoint } from '../../core/metrics.ts';
import type { Weights } from '../../model/initialize.ts';
import type { Batch } from '../../text/batches/batch.ts';

/** What one step reports. `loss` or `gradientNorm` is not finite from the step on whose update was not made. */
export type StepPoint = Omit<TrainPoint, 'tokensPerSecond' | 'elapsedMs'>;

/** AdamW's state. Names and shapes are those of the state dict. */
export interface OptimizerState {
  /** Steps taken: the number of the next one. */
  readonly step: number;
  /** Whether every step so far was finite; if not, no later one changes anything. */
  readonly healthy: boolean;
  /** AdamW's first moment of each parameter. */
  readonly firstMoments: Weights;
  /** AdamW's second moment of each parameter. */
  readonly secondMoments: Weights;
}

/** Everything that later steps depend on, data and settings aside. */
export interface TrainerState extends OptimizerState {
  readonly weights: Weights;
}

export interface StepTrainer {
  /** Bytes of buffers of its own, tfjs's tensors not counted. */
  readonly bytes: number;

  /** Whether the device goes on computing once `step` has returned. */
  readonly worksMeanwhile: boolean;

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

  /**
   * Copies weights and moments as they are after the last step called for. The copy is ordered before this returns; steps
   * may go on while it comes back, and change nothing of it.
   * @throws StudioError `internal` if the device failed on the way
   */
  readState(): Promise<TrainerState>;

  /**
   * Takes over a state, weights included: the step `state.step` gives the bits that it would have given where the state was
   * read, on the same backend.
   * @throws StudioError `internal` if a parameter is missing or has another size
   */
  loadState(state: TrainerState): void;

  /** Frees everything but the model, whose parameters hold what was learned. */
  dispose(): void;
}
