/** Sums over the rows of a matrix: the gradient of every bias. */
import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernel } from './fusion.ts';
import { registerHostKernel } from './hostKernel.ts';
import { type RunShader, registerWebgpuKernels, type Shader } from './webgpuKernel.ts';

const NAME = 'FolioColumnSums';

/** Sum over the rows. @param x [N, O] @returns [O] */
export function columnSums(x: tf.Tensor2D): tf.Tensor1D {
  return hasKernel(NAME) ? runKernel(NAME, { x }, {}) : tf.sum(x, 0);
}

/** Rows that one thread adds. Threads of neighbouring columns read neighbouring numbers, and none waits for another. */
const ROWS_PER_THREAD = 64;

const PARTS: Shader = {
  name: `FolioColumnSumParts${ROWS_PER_THREAD}`,
  inputs: ['x'],
  uniforms: {},
  outputShape: ({ x }) => [Math.ceil((x?.shape[0] ?? 0) / ROWS_PER_THREAD), x?.shape[1] ?? 0],
  body: `
    let width = uniforms.outShape.y;
    let part = index / width;
    let column = index - part * width;
    let end = min(uniforms.xShape.x, (part + 1) * ${ROWS_PER_THREAD});
    var sum = 0.0;
    for (var row = part * ${ROWS_PER_THREAD}; row < end; row = row + 1) {
      sum = sum + x[row * width + column];
    }
    result[index] = sum;`,
};

const TOTAL: Shader = {
  name: 'FolioColumnSumTotal',
  inputs: ['x'],
  uniforms: {},
  outputShape: ({ x }) => [x?.shape[1] ?? 0],
  body: `
    var sum = 0.0;
    for (var row = 0; row < uniforms.xShape.x; row = row + 1) {
      sum = sum + x[row * uniforms.size + index];
    }
    result[index] = sum;`,
};

/** Column sums inside a WebGPU kernel. @param x [N, O] @returns [O] */
export function runColumnSums(run: RunShader, x: tf.TensorInfo): tf.TensorInfo {
  const parts = (x.shape[0] ?? 0) > ROWS_PER_THREAD ? run(PARTS, { x }) : x;
  return run(TOTAL, { x: parts });
}

registerWebgpuKernels(NAME, (run, { x }) => {
  if (x === undefined) throw new RangeError(`${NAME}: no input`);
  return runColumnSums(run, x);
});

registerHostKernel({
  name: NAME,
  outputs: ({ x }) => [[x?.shape[1] ?? 0]],
  run: ([sums = new Float32Array()], { x = sums }) => {
    sums.fill(0);
    const width = sums.length;
    for (let row = 0; row < x.length; row += width) {
      for (let i = 0; i < width; i++) sums[i] = (sums[i] as number) + (x[row + i] as number);
    }
  },
});
