/** Softmax over the last axis. */
import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernel } from './fusion.ts';
import { registerWebgpuKernels, type Shader } from './webgpuKernel.ts';

const NAME = 'FolioSoftmax';

/** exp(x) / Σ exp(x) over the last axis, with the maximum subtracted first. */
export function softmax<T extends tf.Tensor>(x: T): T {
  return hasKernel(NAME) ? runKernel(NAME, { x }, { width: x.shape.at(-1) ?? 1 }) : tf.softmax(x);
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

registerWebgpuKernels(NAME, (run, inputs, attributes) => {
  const figures = run(ROW_FIGURES, inputs, attributes);
  return run(OUTPUT, { ...inputs, figures }, attributes);
});
