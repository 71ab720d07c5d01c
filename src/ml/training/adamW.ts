/** AdamW with decoupled decay and global-norm clipping; its state stays on the device. */
import * as tf from '@tensorflow/tfjs';
import type { TrainingConfig } from '../../core/config.ts';
import { sizeOf } from '../../core/model/parameters.ts';
import { adamMoments, adamWUpdate, squareSum, stepControl } from '../kernels/adamW.ts';
import type { Roberta } from '../model/roberta.ts';

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

  /** Frees the state. */
  dispose(): void {
    tf.dispose([...this.moments, this.control]);
  }
}

function zeros(shape: [number, number]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(shape), false));
}
