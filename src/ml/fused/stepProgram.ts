/** Everything that is built once for batches of one shape, and run once a step. */

import type { ModelConfig, TrainingConfig } from '../../core/config.ts';
import type { KernelStyle } from '../../core/device.ts';
import type { Batch } from '../../core/pipeline/batch.ts';
import { deriveSeed } from '../../core/rng.ts';
import { type BatchSizes, type StepScalars, totalWeightOf } from '../step/batchPacking.ts';
import { addBackwardPass } from './backwardPass.ts';
import { BatchInputs } from './batchInputs.ts';
import { addForwardPass } from './forwardPass.ts';
import { adamW, squareParts, stepControl } from './kernels/optimizer.ts';
import { Plan, type Range } from './plan.ts';
import type { TrainingState } from './state.ts';
import { createStepContext, type StepContext } from './stepPlan.ts';

export interface ProgramOptions {
  readonly device: GPUDevice;
  readonly style: KernelStyle;
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  readonly vocabSize: number;
  readonly sizes: BatchSizes;
  readonly state: TrainingState;
}

/** Parts in which the gradients' squares are summed. */
const SQUARE_PARTS: Readonly<Record<KernelStyle, number>> = { single: 256, shared: 1024 };

export class StepProgram {
  readonly #device: GPUDevice;
  readonly #sizes: BatchSizes;
  readonly #state: TrainingState;
  readonly #inputs: BatchInputs;
  /** Forward and backward pass of one batch. */
  readonly #batchPlan: Plan;
  readonly #updatePlan: Plan;
  readonly #figures: Range;
  readonly #accumulate: boolean;

  constructor(options: ProgramOptions) {
    const { device, model, vocabSize, sizes, state } = options;
    this.#device = device;
    this.#sizes = sizes;
    this.#state = state;
    this.#inputs = new BatchInputs(device, model, vocabSize, sizes);
    const context = createStepContext(device, { ...options, inputs: this.#inputs });
    const activations = addForwardPass(context);
    addBackwardPass(context, activations);
    this.#batchPlan = context.plan;
    this.#figures = activations.outer.figures;
    this.#accumulate = context.accumulate;
    this.#updatePlan = createUpdatePlan(device, context, this.#figures);
  }

  get bytes(): number {
    return this.#batchPlan.bytes + this.#updatePlan.bytes + this.#inputs.bytes;
  }

  /** A step's dispatches: the batch's and the update's. */
  get plans(): readonly Plan[] {
    return [this.#batchPlan, this.#updatePlan];
  }

  /** Whether batches of these sizes can run here. */
  fits({ rows, columns, maskedRows }: BatchSizes): boolean {
    return rows === this.#sizes.rows && columns === this.#sizes.columns && maskedRows <= this.#sizes.maskedRows;
  }

  /** Uploads and submits a step. */
  run(batches: readonly Batch[], stepSeed: number, scalars: StepScalars): void {
    const totalWeight = totalWeightOf(batches);
    for (const [index, batch] of batches.entries()) {
      this.#inputs.upload(this.#device.queue, batch, totalWeight, deriveSeed(stepSeed, index), scalars);
      const encoder = this.#device.createCommandEncoder();
      if (this.#accumulate && index === 0) {
        encoder.clearBuffer(this.#state.gradients.buffer);
        encoder.clearBuffer(this.#figures.buffer);
      }
      this.#batchPlan.encode(encoder);
      if (index === batches.length - 1) this.#updatePlan.encode(encoder);
      this.#device.queue.submit([encoder.finish()]);
    }
  }

  dispose(): void {
    this.#inputs.dispose();
    this.#batchPlan.dispose();
    this.#updatePlan.dispose();
  }
}

function createUpdatePlan(device: GPUDevice, context: StepContext, figures: Range): Plan {
  const { style, training, sizes, state, inputs } = context;
  const plan = new Plan(device);
  const parts = plan.buffer(SQUARE_PARTS[style]);
  const scalars = inputs.range('scalars');
  plan.add(squareParts(style, state.gradients, parts));
  const { control, ring } = state;
  plan.add(stepControl(style, sizes.maskedRows, training.clipNorm, { parts, figures, scalars, control, ring }));
  plan.add(adamW(training, state.layout.decayedLength, { ...state, scalars }));
  return plan;
}
