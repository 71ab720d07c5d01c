/** GELU, LayerNorm and softmax in tfjs ops, and as kernels of ours for WebGPU, where no gradient is asked for. */
import * as tf from '@tensorflow/tfjs';
import { erfWgsl } from '../../webgpu/kernels/wgsl.ts';
import { ownKernel } from './fusion.ts';
import { registerWebgpuKernel, type Shader } from './webgpuKernel.ts';

/**
 * The exact GELU, x · Φ(x) with Φ the normal distribution function: x · ½(1 + erf(x / √2)).
 * Source: Hendrycks and Gimpel (2016); `torch.nn.functional.gelu` with `approximate='none'`.
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  const own = ownKernel<T>('FolioGelu', { x });
  return own ?? (tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)) as T);
}

const GELU: Shader = {
  name: 'FolioGelu',
  inputs: ['x'],
  functions: erfWgsl('f32'),
  body: 'result[index] = 0.5 * x[index] * (1.0 + erf(x[index] * 0.70710678118654752));',
};

registerWebgpuKernel('FolioGelu', (run, { x }) => run(GELU, [x], x?.shape ?? []));

/**
 * LayerNorm over the last axis: (x − mean) / √(variance + epsilon) · weight + bias, with the biased variance.
 * Shapes: x [N, H], weight [H], bias [H] → [N, H]
 * Source: Ba et al. (2016); `torch.nn.LayerNorm`.
 */
export function layerNorm(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor2D {
  const own = ownKernel<tf.Tensor2D>('FolioLayerNorm', { x, weight, bias }, { epsilon });
  if (own !== null) return own;
  const { mean, variance } = tf.moments(x, 1, true); // [N, 1] each
  const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon))); // [N, H]
  return tf.add(tf.mul(normal, weight), bias);
}

/** Mean and inverse deviation of each row. Both threads of a row compute both numbers, and each keeps one. */
const MOMENTS: Shader = {
  name: 'FolioLayerNormMoments',
  inputs: ['x'],
  uniform: { declaration: 'epsilon : f32', type: 'float32' },
  body: `
    let width = uniforms.xShape.y;
    let start = (index / 2) * width;
    var sum = 0.0;
    for (var i = 0; i < width; i = i + 1) { sum = sum + x[start + i]; }
    let mean = sum / f32(width);
    var squares = 0.0;
    for (var i = 0; i < width; i = i + 1) {
      let centered = x[start + i] - mean;
      squares = squares + centered * centered;
    }
    result[index] = select(mean, inverseSqrt(squares / f32(width) + uniforms.epsilon), index % 2 == 1);`,
};

const NORMALISED: Shader = {
  name: 'FolioLayerNormOutput',
  inputs: ['x', 'moments', 'weight', 'bias'],
  body: `
    let row = index / uniforms.xShape.y;
    let column = index - row * uniforms.xShape.y;
    result[index] = (x[index] - moments[2 * row]) * moments[2 * row + 1] * weight[column] + bias[column];`,
};

registerWebgpuKernel('FolioLayerNorm', (run, { x, weight, bias }, { epsilon }) => {
  const shape = x?.shape ?? [];
  const moments = run(MOMENTS, [x], [shape[0] ?? 0, 2], epsilon);
  return run(NORMALISED, [x, moments, weight, bias], shape);
});

/** exp(x) / Σ exp(x) over the last axis, with the maximum subtracted first. */
export function softmax<T extends tf.Tensor>(x: T): T {
  return ownKernel<T>('FolioSoftmax', { x }) ?? tf.softmax(x);
}

const WIDTH: Shader['uniform'] = { declaration: 'width : i32', type: 'int32' };

/** Maximum and inverse sum of each row. Both threads of a row compute both numbers, and each keeps one. */
const ROW_FIGURES: Shader = {
  name: 'FolioSoftmaxRows',
  inputs: ['x'],
  uniform: WIDTH,
  body: `
    let start = (index / 2) * uniforms.width;
    var highest = x[start];
    for (var i = 1; i < uniforms.width; i = i + 1) { highest = max(highest, x[start + i]); }
    var sum = 0.0;
    for (var i = 0; i < uniforms.width; i = i + 1) { sum = sum + exp(x[start + i] - highest); }
    result[index] = select(highest, 1.0 / sum, index % 2 == 1);`,
};

const SHARES: Shader = {
  name: 'FolioSoftmaxOutput',
  inputs: ['x', 'figures'],
  uniform: WIDTH,
  body: `
    let row = index / uniforms.width;
    result[index] = exp(x[index] - figures[2 * row]) * figures[2 * row + 1];`,
};

registerWebgpuKernel('FolioSoftmax', (run, { x }) => {
  const shape = x?.shape ?? [];
  const width = shape.at(-1) ?? 1;
  const figures = run(ROW_FIGURES, [x], [tf.util.sizeFromShape(shape) / width, 2], width);
  return run(SHARES, [x, figures], shape, width);
});
