/** The training loop's step as a program that is built once and run by an executor, with the numbers of `training/trainer.ts`. */
import type { TrainingConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { learningRateAt } from '../../core/learningRate.ts';
import { deriveSeed } from '../../core/rng.ts';
import type { Weights } from '../../model/initialize.ts';
import type { BatchSizes } from '../../model/roberta.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import type { Executor } from '../executor.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { stepScalars } from '../step/batchPacking.ts';
import { flattenParameters, namedParameters } from '../step/parameterLayout.ts';
import type { StepPoint, StepTrainer, TrainerState } from './stepTrainer.ts';

export class RecordedTrainer implements StepTrainer {
  readonly executor: Executor;
  readonly #model: Roberta;
  readonly #config: TrainingConfig;
  readonly #seed: number;
  #sizes: BatchSizes | null = null;
  #taken = 0;
  #pending: { readonly step: number; readonly learningRate: number }[] = [];

  /** @param model borrowed: it outlives the trainer. @param executor over its parameters; disposed of with the trainer */
  constructor(model: Roberta, config: TrainingConfig, seed: number, executor: Executor) {
    this.#model = model;
    this.#config = config;
    this.#seed = deriveSeed(seed, 'dropout');
    this.executor = executor;
  }

  get bytes(): number {
    return this.executor.bytes;
  }

  get worksMeanwhile(): boolean {
    return this.executor.worksMeanwhile;
  }

  /** See `StepTrainer`. */
  step(step: number, batches: readonly Batch[]): void {
    this.#prepare(batches);
    const learningRate = learningRateAt(this.#config, step);
    this.executor.run(batches, deriveSeed(this.#seed, step), stepScalars(this.#config, step, learningRate));
    this.#pending.push({ step, learningRate });
    this.#taken = step + 1;
  }

  /** See `StepTrainer`. */
  async readPoints(): Promise<StepPoint[]> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return [];
    const figures = await this.executor.readFigures();
    throwOnDeviceFailure();
    return pending.map(({ step, learningRate }, index) => {
      const [loss = Number.NaN, maskedAccuracy = Number.NaN, gradientNorm = Number.NaN] = figures.subarray(4 * index);
      return { step, loss, maskedAccuracy, learningRate, gradientNorm };
    });
  }

  /** Gradients of the last step before clipping, by the parameters' names. For checks. */
  async readGradients(): Promise<Weights> {
    const [gradients] = await this.executor.read(['gradients']);
    throwOnDeviceFailure();
    return this.#named(gradients);
  }

  /** See `StepTrainer`. */
  async readState(): Promise<TrainerState> {
    const step = this.#taken;
    const flat = await this.executor.read(['parameters', 'first', 'second', 'control']);
    const [weights, firstMoments, secondMoments, control] = flat;
    throwOnDeviceFailure();
    return {
      step,
      healthy: (control?.[1] ?? 0) > 0.5,
      weights: this.#named(weights),
      firstMoments: this.#named(firstMoments),
      secondMoments: this.#named(secondMoments),
    };
  }

  /** See `StepTrainer`. */
  loadState({ step, healthy, weights, firstMoments, secondMoments }: TrainerState): void {
    this.#model.writeWeights(weights);
    const flat = (values: Weights) => flattenParameters(this.executor.layout, this.#model.specs, values);
    this.executor.write(flat(firstMoments), flat(secondMoments), healthy);
    this.#taken = step;
  }

  /** See `StepTrainer`. */
  dispose(): void {
    this.executor.dispose();
  }

  #named(flat: Float32Array = new Float32Array()): Weights {
    return namedParameters(this.executor.layout, this.#model.specs, flat);
  }

  /** The program for batches of this shape is one and the same throughout a run. */
  #prepare(batches: readonly Batch[]): void {
    const [first] = batches;
    if (first === undefined) throw new StudioError('internal', 'a step needs at least one batch');
    const { rows, columns } = first;
    const maskedRows = Math.max(...batches.map((batch) => batch.maskedPositions.length));
    const same = this.#sizes?.rows === rows && this.#sizes.columns === columns;
    if (this.#sizes && same && maskedRows <= this.#sizes.maskedRows) return;
    this.#sizes = { rows, columns, maskedRows };
    this.executor.prepare(this.#sizes);
  }
}
