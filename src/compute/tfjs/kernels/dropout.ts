/**
 * Dropout whose choice belongs to the place: entry i is kept if hash(hash(i) ^ seed) is at least rate · 2³². Nothing is
 * stored between forward and backward, and every backend drops the same entries.
 */
import * as tf from '@tensorflow/tfjs';
import { hashUint32 } from '../../../core/rng.ts';
import { hasKernel, runKernel } from './fusion.ts';
import { registerHostKernel } from './hostKernel.ts';
import { registerWebgpuKernel } from './webgpuKernel.ts';

const NAME = 'FolioDropout';

/**
 * Zeroes each entry with probability `rate` and scales the others by 1 / (1 − rate). Differentiable.
 * @param seed 32 bits; the same seed drops the same entries of the same shape
 * Source: Srivastava et al. (2014), in the "inverted" form of `torch.nn.Dropout`.
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, seed: number): T {
  if (rate <= 0) return x;
  return tf.customGrad((input) => ({
    value: applyMask(input as tf.Tensor, rate, seed),
    gradFunc: (dy: tf.Tensor) => applyMask(dy, rate, seed),
  }))(x) as T;
}

function applyMask(x: tf.Tensor, rate: number, seed: number): tf.Tensor {
  if (!hasKernel(NAME)) return tf.mul(x, tf.tensor(dropoutMask(x.size, rate, seed), x.shape));
  return runKernel(NAME, { x }, { seed: seed >>> 0, threshold: thresholdOf(rate), scale: 1 / (1 - rate) });
}

/** Hashes below this drop their entry. */
function thresholdOf(rate: number): number {
  return Math.floor(rate * 2 ** 32);
}

/** What each entry is multiplied by: 0 or 1 / (1 − rate). The kernels' reference. */
function dropoutMask(size: number, rate: number, seed: number): Float32Array {
  const mask = new Float32Array(size);
  const threshold = thresholdOf(rate);
  const scale = 1 / (1 - rate);
  for (let i = 0; i < size; i++) mask[i] = hashUint32(hashUint32(i) ^ seed) >= threshold ? scale : 0;
  return mask;
}

registerHostKernel({
  name: NAME,
  outputs: ({ x }) => [x?.shape ?? []],
  run: ([y = new Float32Array()], { x = y }, { seed = 0, threshold = 0, scale = 1 }) => {
    const factor = Math.fround(scale);
    for (let i = 0; i < y.length; i++) {
      y[i] = hashUint32(hashUint32(i) ^ seed) >= threshold ? (x[i] as number) * factor : 0;
    }
  },
});

registerWebgpuKernel({
  name: NAME,
  inputs: ['x'],
  uniforms: { seed: 'u32', threshold: 'u32', scale: 'f32' },
  outputShape: ({ x }) => x?.shape ?? [],
  functions: `
    fn hashUint32(value : u32) -> u32 {
      var h = value;
      h = (h ^ (h >> 16u)) * 0x7feb352du;
      h = (h ^ (h >> 15u)) * 0x846ca68bu;
      return h ^ (h >> 16u);
    }`,
  body: `
    let hash = hashUint32(hashUint32(u32(index)) ^ uniforms.seed);
    result[index] = select(0.0, x[index] * uniforms.scale, hash >= uniforms.threshold);`,
});
