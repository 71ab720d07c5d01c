/** Everything that is built once for batches of one shape, and run once a step. */

import { recordBatch } from '../../compute/webgpu/lowering.ts';
import type { ModelConfig, TrainingConfig } from '../../core/config.ts';
import type { KernelStyle } from '../../core/device.ts';
import { StudioError } from '../../core/errors.ts';
import type { Batch } from '../../core/pipeline/batch.ts';
import { deriveSeed } from '../../core/rng.ts';
import { type BatchSizes, roberta } from '../../model/roberta.ts';
import { trainingStep } from '../../model/step.ts';
import { type StepScalars, totalWeightOf } from '../step/batchPacking.ts';
import { BatchInputs } from './batchInputs.ts';
import { adamW, squareParts, stepControl } from './kernels/optimizer.ts';
import { Plan, type Range } from './plan.ts';
import type { TrainingState } from './state.ts';

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
    const { device, style, model, training, vocabSize, sizes, state } = options;
    this.#device = device;
    this.#sizes = sizes;
    this.#state = state;
    this.#accumulate = training.gradientAccumulation > 1;
    const graph = trainingStep(roberta(model, vocabSize, sizes, 'training'), training.labelSmoothing);
    this.#inputs = new BatchInputs(device, graph, model, vocabSize);
    this.#batchPlan = new Plan(device);
    const [plan, inputs, accumulate] = [this.#batchPlan, this.#inputs, this.#accumulate];
    const { figures } = recordBatch(graph, { plan, style, state, inputs, accumulate });
    if (figures === undefined) throw new StudioError('internal', 'a step without figures');
    this.#figures = figures;
    this.#updatePlan = createUpdatePlan(options, inputs, figures);
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

function createUpdatePlan(options: ProgramOptions, inputs: BatchInputs, figures: Range): Plan {
  const { device, style, training, sizes, state } = options;
  const plan = new Plan(device);
  const parts = plan.buffer(SQUARE_PARTS[style]);
  const scalars = inputs.range('scalars');
  plan.add(squareParts(style, state.gradients, parts));
  const { control, ring } = state;
  plan.add(stepControl(style, sizes.maskedRows, training.clipNorm, { parts, figures, scalars, control, ring }));
  plan.add(adamW(training, state.layout.decayedLength, { ...state, scalars }));
  return plan;
}
