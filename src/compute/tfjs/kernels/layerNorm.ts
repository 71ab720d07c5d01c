/** LayerNorm over the last axis. */
import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernel } from './fusion.ts';
import { registerWebgpuKernel, type Shader } from './webgpuKernel.ts';

const NAME = 'FolioLayerNorm';

/**
 * (x − mean) / √(variance + epsilon) · weight + bias, with the biased variance.
 * Shapes: x [N, H], weight [H], bias [H] → [N, H]
 * Source: Ba et al. (2016); `torch.nn.LayerNorm`.
 */
export function layerNorm(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor2D {
  if (hasKernel(NAME)) return runKernel(NAME, { x, weight, bias }, { epsilon });
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

const OUTPUT: Shader = {
  name: 'FolioLayerNormOutput',
  inputs: ['x', 'moments', 'weight', 'bias'],
  body: `
    let row = index / uniforms.xShape.y;
    let column = index - row * uniforms.xShape.y;
    result[index] = (x[index] - moments[2 * row]) * moments[2 * row + 1] * weight[column] + bias[column];`,
};

registerWebgpuKernel(NAME, (run, { x, weight, bias }, { epsilon }) => {
  const shape = x?.shape ?? [];
  const moments = run(MOMENTS, [x], [shape[0] ?? 0, 2], epsilon);
  return run(OUTPUT, [x, moments, weight, bias], shape);
});
