/** The exact GELU, x · Φ(x) with Φ the normal distribution function. */
import * as tf from '@tensorflow/tfjs';
import { erfWgsl } from '../../webgpu/kernels/wgsl.ts';
import { hasKernel, runKernel } from './fusion.ts';
import { registerWebgpuKernel, type Shader } from './webgpuKernel.ts';

const NAME = 'FolioGelu';

/**
 * x · ½(1 + erf(x / √2)).
 * Source: Hendrycks and Gimpel (2016); `torch.nn.functional.gelu` with `approximate='none'`.
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  if (hasKernel(NAME)) return runKernel(NAME, { x }, {});
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)) as T;
}

const GELU: Shader = {
  name: NAME,
  inputs: ['x'],
  functions: erfWgsl('f32'),
  body: 'result[index] = 0.5 * x[index] * (1.0 + erf(x[index] * 0.70710678118654752));',
};

registerWebgpuKernel(NAME, (run, { x }) => run(GELU, [x], x?.shape ?? []));
