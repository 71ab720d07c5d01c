/** LayerNorm over the last axis. */
import * as tf from '@tensorflow/tfjs';
import { columnSums } from './columnSums.ts';
import { hasKernel, runKernelMany } from './fusion.ts';
// Both register this op's kernels.
import './layerNormHost.ts';
import './layerNormWebgpu.ts';

const FORWARD = 'FolioLayerNorm';
const BACKWARD = 'FolioLayerNormGradient';

/**
 * (x − mean) / √(variance + eps) · weight + bias, with the biased variance. Differentiable in x, weight and bias.
 * Shapes: x [N, H], weight [H], bias [H] → [N, H]
 * Source: Ba et al. (2016); `torch.nn.LayerNorm`.
 */
export function layerNorm(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, eps: number): tf.Tensor2D {
  const forward = hasKernel(FORWARD) ? forwardKernel : forwardReference;
  const op = tf.customGrad((...parameters) => {
    const [input, scale, offset, save] = parameters as unknown as [tf.Tensor2D, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const { value, saved, gradients } = forward(input, scale, offset, eps);
    save(saved);
    return { value, gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => gradients(dy as tf.Tensor2D, kept) };
  });
  return op(x, weight, bias) as tf.Tensor2D;
}

interface Forward {
  readonly value: tf.Tensor2D; // [N, H]
  /** What the gradients need. */
  readonly saved: tf.Tensor[];
  /** Gradients of x, weight and bias. */
  readonly gradients: (dy: tf.Tensor2D, saved: readonly tf.Tensor[]) => tf.Tensor[];
}

/** Saves x and two numbers a row, mean and inverse deviation, and normalises again in the backward pass. */
function forwardKernel(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, eps: number): Forward {
  const [value, moments] = runKernelMany(FORWARD, { x, weight, bias }, { eps });
  if (value === undefined || moments === undefined) throw new RangeError(`${FORWARD}: an output is missing`);
  return {
    value: value as tf.Tensor2D,
    saved: [x, moments, weight],
    gradients: (dy, [input, statistics, scale]) => {
      if (input === undefined || statistics === undefined || scale === undefined) throw new RangeError('nothing saved');
      return runKernelMany(BACKWARD, { dy, x: input, moments: statistics, weight: scale }, {});
    },
  };
}

function forwardReference(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, eps: number): Forward {
  const centered = tf.sub(x, tf.mean(x, 1, true)); // [N, H]
  const variance = tf.mean(tf.square(centered), 1, true); // [N, 1]
  const inverseDeviation = tf.rsqrt(tf.add(variance, eps)); // [N, 1]
  const normalized = tf.mul(centered, inverseDeviation); // [N, H]
  return {
    value: tf.add(tf.mul(normalized, weight), bias),
    saved: [normalized, inverseDeviation, weight],
    gradients: gradientsReference,
  };
}

function gradientsReference(dy: tf.Tensor2D, saved: readonly tf.Tensor[]): tf.Tensor[] {
  const [normalized, inverseDeviation, weight] = saved;
  if (normalized === undefined || inverseDeviation === undefined || weight === undefined) {
    throw new RangeError('nothing saved');
  }
  const product = tf.mul(dy, normalized) as tf.Tensor2D; // [N, H]
  const inner = tf.mul(dy, weight); // [N, H]
  const shift = tf.mean(inner, 1, true); // [N, 1]
  const tilt = tf.mul(normalized, tf.mean(tf.mul(inner, normalized), 1, true)); // [N, H]
  const dx = tf.mul(tf.sub(tf.sub(inner, shift), tilt), inverseDeviation); // [N, H]
  return [dx, columnSums(product), columnSums(dy)];
}
