/**
 * The training loop's step as one recorded list of our own dispatches: for WebGPU, in place of `training/trainer.ts`, with
 * the same numbers. Parameters live in one flat buffer and are copied into the model's variables when somebody reads them.
 */

import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { ModelConfig, TrainingConfig } from '../../core/config.ts';
import type { KernelStyle } from '../../core/device.ts';
import { StudioError } from '../../core/errors.ts';
import type { Batch } from '../../core/pipeline/batch.ts';
import { deriveSeed } from '../../core/rng.ts';
import { learningRateAt } from '../../core/schedule.ts';
import { networkOf } from '../../model/parameters.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import type { Weights } from '../model/initialize.ts';
import type { ParameterHolder } from '../model/parameterHolder.ts';
import type { Roberta } from '../model/roberta.ts';
import { stepScalars } from '../step/batchPacking.ts';
import { flattenParameters, layOutParameters, namedParameters } from '../step/parameterLayout.ts';
import type { StepPoint, StepTrainer, TrainerState } from '../training/stepTrainer.ts';
import type { Plan } from './plan.ts';
import { RingReader, readBuffer } from './ringReader.ts';
import { RING_STEPS, TrainingState } from './state.ts';
import { StepProgram } from './stepProgram.ts';
import { readVariables, writeVariables } from './variables.ts';

export interface FusedTrainerOptions {
  readonly seed: number;
  readonly backend: WebGPUBackend;
  readonly style: KernelStyle;
}

/** Whether every size is one that the kernels, which read four numbers at a time, can do. */
export function canFuse({ hiddenSize, numAttentionHeads, intermediateSize }: ModelConfig): boolean {
  return (hiddenSize / numAttentionHeads) % 4 === 0 && intermediateSize % 4 === 0;
}

export class FusedTrainer implements StepTrainer, ParameterHolder {
  readonly worksMeanwhile = true;
  readonly #model: Roberta;
  readonly #config: TrainingConfig;
  readonly #seed: number;
  readonly #backend: WebGPUBackend;
  readonly #style: KernelStyle;
  readonly #state: TrainingState;
  readonly #reader: RingReader;
  #program: StepProgram | null = null;
  #taken = 0;
  #pending: { readonly step: number; readonly learningRate: number }[] = [];
  /** The flat parameters are newer than the model's variables. */
  #isAhead = false;
  /** The model's variables are newer than the flat parameters. */
  #isBehind = true;

  /** @param model borrowed: it outlives the trainer */
  constructor(model: Roberta, config: TrainingConfig, options: FusedTrainerOptions) {
    this.#model = model;
    this.#config = config;
    this.#seed = deriveSeed(options.seed, 'dropout');
    this.#backend = options.backend;
    this.#style = options.style;
    const layout = layOutParameters(networkOf(model.config, model.vocabSize));
    this.#state = new TrainingState(options.backend.device, layout);
    this.#reader = new RingReader(options.backend.device, this.#state.ring);
    model.lendParameters(this);
  }

  /** Bytes on the device, the model's variables not counted. */
  get bytes(): number {
    return this.#state.bytes + this.#reader.bytes + (this.#program?.bytes ?? 0);
  }

  /** The dispatches of a step; none before the first step. */
  get plans(): readonly Plan[] {
    return this.#program?.plans ?? [];
  }

  /** See `Trainer.step`. */
  step(step: number, batches: readonly Batch[]): void {
    this.#refresh();
    if (this.#pending.length === RING_STEPS * (this.#reader.reads + 1)) this.#reader.start();
    const learningRate = learningRateAt(this.#config, step);
    const scalars = stepScalars(this.#config, step, learningRate, this.#pending.length % RING_STEPS);
    this.#programFor(batches).run(batches, deriveSeed(this.#seed, step), scalars);
    this.#pending.push({ step, learningRate });
    this.#taken = step + 1;
    this.#isAhead = true;
  }

  /** See `Trainer.readPoints`. */
  async readPoints(): Promise<StepPoint[]> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return [];
    const figures = await this.#reader.finish();
    throwOnDeviceFailure();
    return pending.map(({ step, learningRate }, index) => {
      const [loss = Number.NaN, maskedAccuracy = Number.NaN, gradientNorm = Number.NaN] = figures.subarray(4 * index);
      return { step, loss, maskedAccuracy, learningRate, gradientNorm };
    });
  }

  /** Gradients of the last step before clipping, by the parameters' names. For checks. */
  async readGradients(): Promise<Weights> {
    const { layout, gradients } = this.#state;
    const values = await readBuffer(this.#backend.device, gradients.buffer);
    throwOnDeviceFailure();
    return namedParameters(layout, this.#model.specs, values);
  }

  /** See `StepTrainer`. */
  async readState(): Promise<TrainerState> {
    this.#refresh();
    const step = this.#taken;
    const { layout, parameters, first, second, control } = this.#state;
    const reads = [parameters, first, second, control].map(({ buffer }) => readBuffer(this.#backend.device, buffer));
    const [weights, firstMoments, secondMoments, flags] = await Promise.all(reads);
    throwOnDeviceFailure();
    const named = (values?: Float32Array): Weights =>
      namedParameters(layout, this.#model.specs, values ?? new Float32Array());
    return {
      step,
      healthy: (flags?.[1] ?? 0) > 0.5,
      weights: named(weights),
      firstMoments: named(firstMoments),
      secondMoments: named(secondMoments),
    };
  }

  /** See `StepTrainer`. */
  loadState({ step, healthy, weights, firstMoments, secondMoments }: TrainerState): void {
    const { layout, first, second, control } = this.#state;
    const { queue } = this.#backend.device;
    this.#model.writeWeights(weights);
    queue.writeBuffer(first.buffer, 0, flattenParameters(layout, this.#model.specs, firstMoments));
    queue.writeBuffer(second.buffer, 0, flattenParameters(layout, this.#model.specs, secondMoments));
    queue.writeBuffer(control.buffer, 0, Float32Array.of(1, healthy ? 1 : 0));
    this.#taken = step;
  }

  /** Brings the model's variables up to date. */
  writeBack(): void {
    if (!this.#isAhead) return;
    // First of all: writing asks the model for its variables, which asks here.
    this.#isAhead = false;
    writeVariables(this.#backend, this.#model, this.#state);
  }

  /** To be called when the model's variables were assigned to. */
  invalidate(): void {
    this.#isAhead = false;
    this.#isBehind = true;
  }

  /** Hands the parameters back to the model and frees everything else. */
  dispose(): void {
    this.#model.takeBackParameters(this);
    this.#program?.dispose();
    this.#reader.dispose();
    this.#state.dispose();
  }

  /** Brings the flat parameters up to date. */
  #refresh(): void {
    if (this.#isBehind) readVariables(this.#backend, this.#model, this.#state);
    this.#isBehind = false;
  }

  /** The program for batches of this shape: one and the same throughout a run. */
  #programFor(batches: readonly Batch[]): StepProgram {
    const [first] = batches;
    if (first === undefined) throw new StudioError('internal', 'a step needs at least one batch');
    const { rows, columns } = first;
    const maskedRows = Math.max(...batches.map((batch) => batch.maskedPositions.length));
    if (this.#program?.fits({ rows, columns, maskedRows })) return this.#program;
    this.#program?.dispose();
    this.#program = new StepProgram({
      device: this.#backend.device,
      style: this.#style,
      model: this.#model.config,
      training: this.#config,
      vocabSize: this.#model.vocabSize,
      sizes: { rows, columns, maskedRows },
      state: this.#state,
    });
    return this.#program;
  }
}
