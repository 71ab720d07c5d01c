/** The exact GELU, x · Φ(x) with Φ the normal distribution function. */
import * as tf from '@tensorflow/tfjs';
import { ERF_WGSL, erf } from './erf.ts';
import { hasKernel, runKernel } from './fusion.ts';
import { registerHostKernel } from './hostKernel.ts';
import { registerWebgpuKernel } from './webgpuKernel.ts';

const FORWARD = 'FolioGelu';
const BACKWARD = 'FolioGeluGradient';

/**
 * x · ½(1 + erf(x / √2)). Differentiable.
 * Source: Hendrycks and Gimpel (2016); `torch.nn.functional.gelu` with `approximate='none'`.
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  if (!hasKernel(FORWARD)) return geluReference(x);
  const op = tf.customGrad((...parameters) => {
    const [input, save] = parameters as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([input]);
    return {
      value: runKernel<tf.Tensor>(FORWARD, { x: input }, {}),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
        if (saved === undefined) throw new RangeError('gelu: nothing saved');
        return runKernel<tf.Tensor>(BACKWARD, { x: saved, dy }, {});
      },
    };
  });
  return op(x) as T;
}

function geluReference<T extends tf.Tensor>(x: T): T {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)) as T;
}

registerHostKernel({
  name: FORWARD,
  outputs: ({ x }) => [x?.shape ?? []],
  run: ([y = new Float32Array()], { x = y }) => {
    for (let i = 0; i < y.length; i++) {
      const value = x[i] as number;
      y[i] = 0.5 * value * (1 + erf(value * Math.SQRT1_2));
    }
  },
});

registerHostKernel({
  name: BACKWARD,
  outputs: ({ x }) => [x?.shape ?? []],
  run: ([dx = new Float32Array()], { x = dx, dy = dx }) => {
    const density = 1 / Math.sqrt(2 * Math.PI);
    for (let i = 0; i < dx.length; i++) {
      const value = x[i] as number;
      const slope = 0.5 * (1 + erf(value * Math.SQRT1_2)) + value * density * Math.exp(-0.5 * value * value);
      dx[i] = (dy[i] as number) * slope;
    }
  },
});

registerWebgpuKernel({
  name: FORWARD,
  inputs: ['x'],
  uniforms: {},
  outputShape: ({ x }) => x?.shape ?? [],
  functions: ERF_WGSL,
  body: 'result[index] = 0.5 * x[index] * (1.0 + erfExact(x[index] * 0.70710678118654752));',
});

registerWebgpuKernel({
  name: BACKWARD,
  inputs: ['x', 'dy'],
  uniforms: {},
  outputShape: ({ x }) => x?.shape ?? [],
  functions: ERF_WGSL,
  body: `
    let value = x[index];
    let slope = 0.5 * (1.0 + erfExact(value * 0.70710678118654752)) + value * 0.39894228040143268 * exp(-0.5 * value * value);
    result[index] = dy[index] * slope;`,
});
