/** Softmax over the last axis. */
import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernel } from './fusion.ts';
import { registerHostKernel } from './hostKernel.ts';
import { registerWebgpuKernels, type Shader } from './webgpuKernel.ts';

const FORWARD = 'FolioSoftmax';
const BACKWARD = 'FolioSoftmaxGradient';

/**
 * exp(x) / Σ exp(x) over the last axis, with the maximum subtracted first. Differentiable.
 * On wasm and cpu only the gradient is ours: tfjs's forward pass there is one kernel already.
 */
export function softmax<T extends tf.Tensor>(x: T): T {
  if (!hasKernel(BACKWARD)) return tf.softmax(x);
  const op = tf.customGrad((...parameters) => {
    const [input, save] = parameters as unknown as [tf.Tensor, tf.GradSaveFunc];
    const y = hasKernel(FORWARD) ? runKernel<tf.Tensor>(FORWARD, { x: input }, {}) : tf.softmax(input);
    save([y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
        if (saved === undefined) throw new RangeError('softmax: nothing saved');
        return runKernel<tf.Tensor>(BACKWARD, { y: saved, dy }, { width: saved.shape.at(-1) ?? 1 });
      },
    };
  });
  return op(x) as T;
}

/** Maximum and inverse sum of each row. Both threads of a row compute both numbers, and each keeps one. */
const ROW_FIGURES: Shader = {
  name: 'FolioSoftmaxRows',
  inputs: ['x'],
  uniforms: { width: 'i32' },
  outputShape: ({ x }, { width = 1 }) => [tf.util.sizeFromShape(x?.shape ?? []) / width, 2],
  body: `
    let start = (index / 2) * uniforms.width;
    var highest = x[start];
    for (var i = 1; i < uniforms.width; i = i + 1) { highest = max(highest, x[start + i]); }
    var sum = 0.0;
    for (var i = 0; i < uniforms.width; i = i + 1) { sum = sum + exp(x[start + i] - highest); }
    result[index] = select(highest, 1.0 / sum, index % 2 == 1);`,
};

const OUTPUT: Shader = {
  name: 'FolioSoftmaxOutput',
  inputs: ['x', 'figures'],
  uniforms: { width: 'i32' },
  outputShape: ({ x }) => x?.shape ?? [],
  body: `
    let row = index / uniforms.width;
    result[index] = exp(x[index] - figures[2 * row]) * figures[2 * row + 1];`,
};

/** Σ y · dy of each row. */
const ROW_PRODUCTS: Shader = {
  name: 'FolioSoftmaxRowProducts',
  inputs: ['y', 'dy'],
  uniforms: { width: 'i32' },
  outputShape: ({ y }, { width = 1 }) => [tf.util.sizeFromShape(y?.shape ?? []) / width],
  body: `
    let start = index * uniforms.width;
    var sum = 0.0;
    for (var i = 0; i < uniforms.width; i = i + 1) { sum = sum + y[start + i] * dy[start + i]; }
    result[index] = sum;`,
};

const INPUT_GRADIENT: Shader = {
  name: 'FolioSoftmaxInputGradient',
  inputs: ['y', 'dy', 'products'],
  uniforms: { width: 'i32' },
  outputShape: ({ y }) => y?.shape ?? [],
  body: 'result[index] = y[index] * (dy[index] - products[index / uniforms.width]);',
};

registerWebgpuKernels(FORWARD, (run, inputs) => {
  const width = inputs['x']?.shape.at(-1) ?? 1;
  const figures = run(ROW_FIGURES, inputs, { width });
  return run(OUTPUT, { ...inputs, figures }, { width });
});

registerWebgpuKernels(BACKWARD, (run, inputs, attributes) => {
  const products = run(ROW_PRODUCTS, inputs, attributes);
  return run(INPUT_GRADIENT, { ...inputs, products }, attributes);
});

registerHostKernel({
  name: BACKWARD,
  outputs: ({ y }) => [y?.shape ?? []],
  run: ([dx = new Float32Array()], { y = dx, dy = dx }, { width = 1 }) => {
    for (let start = 0; start < dx.length; start += width) {
      let product = 0;
      for (let i = start; i < start + width; i++) product += (y[i] as number) * (dy[i] as number);
      for (let i = start; i < start + width; i++) dx[i] = (y[i] as number) * ((dy[i] as number) - product);
    }
  },
});
