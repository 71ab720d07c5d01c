/** Softmax over the last axis. */
import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernel } from './fusion.ts';
import { registerWebgpuKernel, type Shader } from './webgpuKernel.ts';

const NAME = 'FolioSoftmax';

/** exp(x) / Σ exp(x) over the last axis, with the maximum subtracted first. */
export function softmax<T extends tf.Tensor>(x: T): T {
  return hasKernel(NAME) ? runKernel(NAME, { x }, {}) : tf.softmax(x);
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

const OUTPUT: Shader = {
  name: 'FolioSoftmaxOutput',
  inputs: ['x', 'figures'],
  uniform: WIDTH,
  body: `
    let row = index / uniforms.width;
    result[index] = exp(x[index] - figures[2 * row]) * figures[2 * row + 1];`,
};

registerWebgpuKernel(NAME, (run, { x }) => {
  const shape = x?.shape ?? [];
  const width = shape.at(-1) ?? 1;
  const figures = run(ROW_FIGURES, [x], [tf.util.sizeFromShape(shape) / width, 2], width);
  return run(OUTPUT, [x, figures], shape, width);
});
