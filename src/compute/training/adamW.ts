/** AdamW with decoupled decay and global-norm clipping; its state stays on the device. */
import * as tf from '@tensorflow/tfjs';
import type { TrainingConfig } from '../../core/config.ts';
import type { Weights } from '../../model/initialize.ts';
import { sizeOf } from '../../model/value.ts';
import { type Roberta, valuesOf } from '../model/robertaModel.ts';
import { adamMoments, adamWUpdate, squareSum, stepControl } from '../tfjs/kernels/adamW.ts';

type AdamWConfig = Pick<TrainingConfig, 'weightDecay' | 'beta1' | 'beta2' | 'epsilon' | 'clipNorm'>;

/**
 * Source: Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization; `torch.optim.AdamW` after
 * `torch.nn.utils.clip_grad_norm_`.
 */
export class AdamW {
  private readonly model: Roberta;
  private readonly config: AdamWConfig;
  /** First and second moment of each parameter, in the order of the model's specs. */
  private readonly moments: readonly tf.Variable[]; // [2, n] each
  private readonly control: tf.Variable; // [2], see `stepControl`

  /** @param model borrowed; its parameters are updated in place */
  constructor(model: Roberta, config: AdamWConfig) {
    this.model = model;
    this.config = config;
    this.moments = model.specs.map((spec) => zeros([2, sizeOf(spec.shape)]));
    this.control = tf.tidy(() => tf.variable(tf.tensor1d([1, 1]), false));
  }

  /**
   * Updates every parameter. To be called inside a tidy.
   * @param step 0 for the first; β^(step + 1) corrects the moments' bias
   * @param loss looked at only for being finite
   * @param gradients one for each parameter, in the order of the model's specs
   * @returns the gradients' global norm before clipping
   */
  update(step: number, learningRate: number, loss: tf.Scalar, gradients: readonly tf.Tensor[]): tf.Scalar {
    const { weightDecay, beta1, beta2, epsilon, clipNorm } = this.config;
    const squares = squareSum(gradients);
    const control = stepControl(loss, squares, this.control, clipNorm);
    this.control.assign(control);
    const stepSize = learningRate / (1 - beta1 ** (step + 1));
    const secondScale = 1 / Math.sqrt(1 - beta2 ** (step + 1));
    for (const [index, spec] of this.model.specs.entries()) {
      const moments = this.moments[index];
      const gradient = gradients[index];
      if (moments === undefined || gradient === undefined) throw new RangeError(`no gradient for ${spec.name}`);
      moments.assign(adamMoments(moments, gradient, control, { beta1, beta2 }));
      const keep = 1 - learningRate * (spec.decay ? weightDecay : 0);
      const parameter = this.model.parameter(spec.name);
      parameter.assign(adamWUpdate(parameter, moments, control, { keep, stepSize, secondScale, epsilon }));
    }
    return tf.sqrt(squares);
  }

  /** Copies both moments of every parameter, and whether every step so far was finite. */
  async readMoments(): Promise<{ readonly first: Weights; readonly second: Weights; readonly healthy: boolean }> {
    // Clones keep the values of now, whatever is assigned while they come back.
    const clones = [...this.moments, this.control].map((variable) => variable.clone());
    const values = await Promise.all(clones.map((clone) => clone.data<'float32'>()));
    tf.dispose(clones);
    const half = (index: number, which: 0 | 1): Float32Array => {
      const both = values[index] ?? new Float32Array();
      return both.slice((which * both.length) / 2, ((which + 1) * both.length) / 2);
    };
    const moments = (which: 0 | 1): Weights =>
      new Map(this.model.specs.map((spec, index) => [spec.name, half(index, which)]));
    return { first: moments(0), second: moments(1), healthy: (values.at(-1)?.[1] ?? 0) > 0.5 };
  }

  /** @throws StudioError `internal` if a parameter is missing or has another size */
  writeMoments(first: Weights, second: Weights, healthy: boolean): void {
    tf.tidy(() => {
      for (const [index, spec] of this.model.specs.entries()) {
        const halves = [valuesOf(spec, first), valuesOf(spec, second)].map((values) => tf.tensor1d(values));
        this.moments[index]?.assign(tf.stack(halves));
      }
      this.control.assign(tf.tensor1d([1, healthy ? 1 : 0]));
    });
  }

  /** Frees the state. */
  dispose(): void {
    tf.dispose([...this.moments, this.control]);
  }
}

function zeros(shape: [number, number]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(shape), false));
}
