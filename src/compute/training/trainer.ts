/** The training loop's step: gradients, clipping and AdamW, with nothing read back. */
import * as tf from '@tensorflow/tfjs';
import type { TrainingConfig } from '../../core/config.ts';
import { learningRateAt } from '../../core/learningRate.ts';
import { deriveSeed } from '../../core/rng.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { AdamW } from './adamW.ts';
import { computeGradients } from './gradients.ts';
import type { StepPoint, StepTrainer, TrainerState } from './stepTrainer.ts';

/** A step whose figures are still on the device. */
interface PendingPoint {
  readonly step: number;
  readonly learningRate: number;
  readonly figures: tf.Tensor1D; // [3]: loss, accuracy, gradient norm
}

export class Trainer implements StepTrainer {
  readonly worksMeanwhile = tf.getBackend() === 'webgpu' || tf.getBackend() === 'webgl';
  private readonly model: Roberta;
  private readonly config: TrainingConfig;
  private readonly seed: number;
  private readonly optimizer: AdamW;
  private pending: PendingPoint[] = [];
  private taken = 0;
  /** See `StepTrainer`. */
  readonly bytes = 0;

  /** @param model borrowed: it outlives the trainer */
  constructor(model: Roberta, config: TrainingConfig, options: { readonly seed: number }) {
    this.model = model;
    this.config = config;
    this.seed = deriveSeed(options.seed, 'dropout');
    this.optimizer = new AdamW(model, config);
  }

  /** See `StepTrainer`. */
  step(step: number, batches: readonly Batch[]): void {
    const learningRate = learningRateAt(this.config, step);
    this.model.reclaimParameters();
    const figures = tf.tidy(() => {
      const dropoutSeed = deriveSeed(this.seed, step);
      const { labelSmoothing } = this.config;
      const { loss, accuracy, gradients } = computeGradients(this.model, batches, dropoutSeed, labelSmoothing);
      const gradientNorm = this.optimizer.update(step, learningRate, loss, gradients);
      return tf.stack([loss, accuracy, gradientNorm]) as tf.Tensor1D; // [3]
    });
    this.pending.push({ step, learningRate, figures });
    this.taken = step + 1;
  }

  /** See `StepTrainer`. */
  async readPoints(): Promise<StepPoint[]> {
    const pending = this.pending;
    this.pending = [];
    if (pending.length === 0) return [];
    const joined = tf.concat(pending.map((point) => point.figures)); // [3 · steps]
    tf.dispose(pending.map((point) => point.figures));
    const values = await joined.data<'float32'>();
    joined.dispose();
    throwOnDeviceFailure();
    return pending.map(({ step, learningRate }, index) => {
      const [loss = Number.NaN, maskedAccuracy = Number.NaN, gradientNorm = Number.NaN] = values.subarray(3 * index);
      return { step, loss, maskedAccuracy, learningRate, gradientNorm };
    });
  }

  /** See `StepTrainer`. */
  async readState(): Promise<TrainerState> {
    const step = this.taken;
    const [weights, { first, second, healthy }] = await Promise.all([
      this.model.readWeights(),
      this.optimizer.readMoments(),
    ]);
    throwOnDeviceFailure();
    return { step, healthy, weights, firstMoments: first, secondMoments: second };
  }

  /** See `StepTrainer`. */
  loadState({ step, healthy, weights, firstMoments, secondMoments }: TrainerState): void {
    this.model.writeWeights(weights);
    this.optimizer.writeMoments(firstMoments, secondMoments, healthy);
    this.taken = step;
  }

  /** See `StepTrainer`. */
  dispose(): void {
    tf.dispose(this.pending.map((point) => point.figures));
    this.pending = [];
    this.optimizer.dispose();
  }
}
