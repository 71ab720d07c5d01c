/**
 * The optimizer's arithmetic: norm, clipping, moments and update, with nothing read back. A step's `control` tensor holds
 * [what gradients are scaled by, whether every step so far was finite].
 */
import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernel } from './fusion.ts';
import { registerHostKernel } from './hostKernel.ts';
import { registerWebgpuKernel } from './webgpuKernel.ts';

const SQUARES = 'FolioSquareSum';
const CONTROL = 'FolioStepControl';
const MOMENTS = 'FolioAdamMoments';
const UPDATE = 'FolioAdamWUpdate';

/** Added to the norm by `torch.nn.utils.clip_grad_norm_`. */
const NORM_EPSILON = 1e-6;

/** Sum of the squares of all numbers of all tensors. */
export function squareSum(tensors: readonly tf.Tensor[]): tf.Scalar {
  if (hasKernel(SQUARES)) {
    return runKernel(SQUARES, Object.fromEntries(tensors.map((tensor, index) => [`x${index}`, tensor])), {});
  }
  return tf.sum(tf.stack(tensors.map((tensor) => tf.sum(tf.square(tensor)))));
}

/**
 * Decides how this step's gradients are scaled, and whether it is made at all: not if the loss or the norm is not finite,
 * nor after any such step.
 * Source: `torch.nn.utils.clip_grad_norm_`: scale = min(1, clipNorm / (norm + 1e-6)).
 * @param previous the last step's control; [2]
 * @param clipNorm 0: gradients are not clipped
 * @returns [2]
 */
export function stepControl(loss: tf.Scalar, squares: tf.Scalar, previous: tf.Tensor, clipNorm: number): tf.Tensor {
  if (hasKernel(CONTROL)) return runKernel(CONTROL, { loss, squares, previous }, { clipNorm });
  const finite = tf.logicalAnd(tf.isFinite(loss), tf.isFinite(squares));
  const healthy = tf.mul(tf.cast(finite, 'float32'), tf.reshape(tf.slice(previous, [1], [1]), []));
  const clip = tf.div(clipNorm, tf.add(tf.sqrt(squares), NORM_EPSILON));
  return tf.stack([clipNorm > 0 ? tf.minimum(1, clip) : tf.scalar(1), healthy]);
}

/**
 * Both of Adam's moments after a gradient.
 * @param moments the first and the second; [2, n]
 * @param control see {@link stepControl}; without health the moments stay
 * @returns [2, n]
 */
export function adamMoments(
  moments: tf.Tensor,
  gradient: tf.Tensor,
  control: tf.Tensor,
  betas: { readonly beta1: number; readonly beta2: number },
): tf.Tensor {
  if (hasKernel(MOMENTS)) return runKernel(MOMENTS, { moments, gradient, control }, { ...betas });
  const scaled = tf.mul(tf.reshape(gradient, [-1]), tf.slice(control, [0], [1])); // [n]
  const fresh = tf.stack([tf.mul(scaled, 1 - betas.beta1), tf.mul(tf.square(scaled), 1 - betas.beta2)]); // [2, n]
  const kept = tf.mul(moments, tf.tensor2d([[betas.beta1], [betas.beta2]])); // [2, n]
  return tf.where(isHealthy(control), tf.add(kept, fresh), moments);
}

export interface AdamWFactors {
  /** What the parameter keeps: 1 − learning rate · decay. */
  readonly keep: number;
  /** Learning rate / (1 − β1ᵗ). */
  readonly stepSize: number;
  /** 1 / √(1 − β2ᵗ). */
  readonly secondScale: number;
  readonly epsilon: number;
}

/**
 * A parameter after an AdamW update.
 * Source: Loshchilov and Hutter (2019); `torch.optim.AdamW`.
 */
export function adamWUpdate(
  parameter: tf.Tensor,
  moments: tf.Tensor, // [2, n]
  control: tf.Tensor, // [2]
  factors: AdamWFactors,
): tf.Tensor {
  if (hasKernel(UPDATE)) return runKernel(UPDATE, { parameter, moments, control }, { ...factors });
  const [first, second] = tf.unstack(moments); // [n] each
  if (first === undefined || second === undefined) throw new RangeError('two moments expected');
  const denominator = tf.add(tf.mul(tf.sqrt(second), factors.secondScale), factors.epsilon);
  const change = tf.reshape(tf.mul(tf.div(first, denominator), factors.stepSize), parameter.shape);
  return tf.where(isHealthy(control), tf.sub(tf.mul(parameter, factors.keep), change), parameter);
}

function isHealthy(control: tf.Tensor): tf.Tensor {
  return tf.greater(tf.slice(control, [1], [1]), 0.5);
}

registerHostKernel({
  name: SQUARES,
  outputs: () => [[]],
  run: ([output = new Float32Array()], inputs) => {
    let total = 0;
    for (const values of Object.values(inputs)) {
      for (let i = 0; i < values.length; i++) total += (values[i] as number) ** 2;
    }
    output[0] = total;
  },
});

registerHostKernel({
  name: CONTROL,
  outputs: () => [[2]],
  run: (
    [control = new Float32Array()],
    { loss = control, squares = control, previous = control },
    { clipNorm = 0 },
  ) => {
    const total = squares[0] as number;
    const finite = Number.isFinite(total) && Number.isFinite(loss[0]);
    control[0] = clipNorm > 0 ? Math.min(1, clipNorm / (Math.sqrt(total) + NORM_EPSILON)) : 1;
    control[1] = finite ? (previous[1] as number) : 0;
  },
});

registerHostKernel({
  name: MOMENTS,
  outputs: ({ moments }) => [moments?.shape ?? []],
  run: ([next = new Float32Array()], inputs, { beta1 = 0, beta2 = 0 }) => {
    const { moments = next, gradient = next, control = next } = inputs;
    if (control[1] !== 1) {
      next.set(moments);
      return;
    }
    const scale = control[0] as number;
    const size = gradient.length;
    for (let i = 0; i < size; i++) {
      const value = (gradient[i] as number) * scale;
      next[i] = beta1 * (moments[i] as number) + (1 - beta1) * value;
      next[size + i] = beta2 * (moments[size + i] as number) + (1 - beta2) * value * value;
    }
  },
});

registerHostKernel({
  name: UPDATE,
  outputs: ({ parameter }) => [parameter?.shape ?? []],
  run: ([next = new Float32Array()], inputs, { keep = 1, stepSize = 0, secondScale = 1, epsilon = 0 }) => {
    const { parameter = next, moments = next, control = next } = inputs;
    if (control[1] !== 1) {
      next.set(parameter);
      return;
    }
    const size = parameter.length;
    for (let i = 0; i < size; i++) {
      const denominator = Math.sqrt(moments[size + i] as number) * secondScale + epsilon;
      next[i] = (parameter[i] as number) * keep - (stepSize * (moments[i] as number)) / denominator;
    }
  },
});

registerWebgpuKernel({
  name: CONTROL,
  inputs: ['loss', 'squares', 'previous'],
  uniforms: { clipNorm: 'f32' },
  outputShape: () => [2],
  // Looks at the exponent's bits: a shader compiler may take it that no float is infinite or NaN.
  functions: `
    fn isFiniteBits(value : f32) -> bool {
      return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
    }`,
  body: `
    if (index == 1) {
      result[1] = select(0.0, previous[1], isFiniteBits(loss[0]) && isFiniteBits(squares[0]));
    } else {
      let clip = min(1.0, uniforms.clipNorm / (sqrt(squares[0]) + ${NORM_EPSILON}));
      result[0] = select(1.0, clip, uniforms.clipNorm > 0.0);
    }`,
});

registerWebgpuKernel({
  name: MOMENTS,
  inputs: ['moments', 'gradient', 'control'],
  uniforms: { beta1: 'f32', beta2: 'f32' },
  outputShape: ({ moments }) => moments?.shape ?? [],
  body: `
    let half = uniforms.size / 2;
    let second = index >= half;
    let value = gradient[select(index, index - half, second)] * control[0];
    let beta = select(uniforms.beta1, uniforms.beta2, second);
    let next = beta * moments[index] + (1.0 - beta) * select(value, value * value, second);
    result[index] = select(moments[index], next, control[1] > 0.5);`,
});

registerWebgpuKernel({
  name: UPDATE,
  inputs: ['parameter', 'moments', 'control'],
  uniforms: { keep: 'f32', stepSize: 'f32', secondScale: 'f32', epsilon: 'f32' },
  outputShape: ({ parameter }) => parameter?.shape ?? [],
  body: `
    let denominator = sqrt(moments[uniforms.size + index]) * uniforms.secondScale + uniforms.epsilon;
    let next = parameter[index] * uniforms.keep - uniforms.stepSize * moments[index] / denominator;
    result[index] = select(parameter[index], next, control[1] > 0.5);`,
});
