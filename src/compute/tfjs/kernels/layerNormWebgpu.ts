/**
 * LayerNorm on WebGPU, with no barrier: one thread a row for the row's sums, then one thread a number. `moments` holds mean
 * and inverse deviation of each row.
 */
import type { TensorInfo } from '@tensorflow/tfjs';
import { runColumnSums } from './columnSums.ts';
import { registerWebgpuKernels, type Shader } from './webgpuKernel.ts';

/** Both threads of a row compute both numbers, and each keeps one. */
const MOMENTS: Shader = {
  name: 'FolioLayerNormMoments',
  inputs: ['x'],
  uniforms: { eps: 'f32' },
  outputShape: ({ x }) => [x?.shape[0] ?? 0, 2],
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
    result[index] = select(mean, inverseSqrt(squares / f32(width) + uniforms.eps), index % 2 == 1);`,
};

const OUTPUT: Shader = {
  name: 'FolioLayerNormOutput',
  inputs: ['x', 'moments', 'weight', 'bias'],
  uniforms: {},
  outputShape: ({ x }) => x?.shape ?? [],
  body: `
    let row = index / uniforms.xShape.y;
    let column = index - row * uniforms.xShape.y;
    result[index] = (x[index] - moments[2 * row]) * moments[2 * row + 1] * weight[column] + bias[column];`,
};

/** Means over a row of dy · weight, and of dy · weight · normalized. */
const ROW_MEANS: Shader = {
  name: 'FolioLayerNormRowMeans',
  inputs: ['dy', 'x', 'moments', 'weight'],
  uniforms: {},
  outputShape: ({ x }) => [x?.shape[0] ?? 0, 2],
  body: `
    let width = uniforms.xShape.y;
    let row = index / 2;
    let start = row * width;
    let mean = moments[2 * row];
    let inverse = moments[2 * row + 1];
    var shift = 0.0;
    var tilt = 0.0;
    for (var i = 0; i < width; i = i + 1) {
      let inner = dy[start + i] * weight[i];
      shift = shift + inner;
      tilt = tilt + inner * (x[start + i] - mean) * inverse;
    }
    result[index] = select(shift, tilt, index % 2 == 1) / f32(width);`,
};

const INPUT_GRADIENT: Shader = {
  name: 'FolioLayerNormInputGradient',
  inputs: ['dy', 'x', 'moments', 'weight', 'means'],
  uniforms: {},
  outputShape: ({ x }) => x?.shape ?? [],
  body: `
    let row = index / uniforms.xShape.y;
    let column = index - row * uniforms.xShape.y;
    let inverse = moments[2 * row + 1];
    let normalized = (x[index] - moments[2 * row]) * inverse;
    result[index] = (dy[index] * weight[column] - means[2 * row] - normalized * means[2 * row + 1]) * inverse;`,
};

const WEIGHTED: Shader = {
  name: 'FolioLayerNormWeighted',
  inputs: ['dy', 'x', 'moments'],
  uniforms: {},
  outputShape: ({ x }) => x?.shape ?? [],
  body: `
    let row = index / uniforms.xShape.y;
    result[index] = dy[index] * (x[index] - moments[2 * row]) * moments[2 * row + 1];`,
};

registerWebgpuKernels('FolioLayerNorm', (run, inputs, attributes) => {
  const moments = run(MOMENTS, inputs, attributes);
  return [run(OUTPUT, { ...inputs, moments }), moments];
});

registerWebgpuKernels('FolioLayerNormGradient', (run, inputs) => {
  const means = run(ROW_MEANS, inputs);
  const dx = run(INPUT_GRADIENT, { ...inputs, means });
  const weighted = run(WEIGHTED, inputs);
  return [dx, runColumnSums(run, weighted), runColumnSums(run, inputs['dy'] as TensorInfo)];
});
