/** LayerNorm over the last axis. */
import * as tf from '@tensorflow/tfjs';
import { columnSums } from './dense.ts';
import { hasKernel, runKernelMany } from './fusion.ts';
import { registerHostKernel } from './hostKernel.ts';

const FORWARD = 'FolioLayerNorm';
const BACKWARD = 'FolioLayerNormGradient';

/**
 * (x − mean) / √(variance + eps) · weight + bias, with the biased variance. Differentiable in x, weight and bias.
 * Shapes: x [N, H], weight [H], bias [H] → [N, H]
 * Source: Ba et al. (2016); `torch.nn.LayerNorm`.
 */
export function layerNorm(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, eps: number): tf.Tensor2D {
  const op = tf.customGrad((...parameters) => {
    const [input, scale, offset, save] = parameters as unknown as [tf.Tensor2D, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const forward = hasKernel(FORWARD) ? forwardKernel : forwardReference;
    const { normalized, inverseDeviation, output } = forward(input, scale, offset, eps);
    save([normalized, inverseDeviation, scale]);
    return {
      value: output,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => backward(dy as tf.Tensor2D, saved),
    };
  });
  return op(x, weight, bias) as tf.Tensor2D;
}

interface Forward {
  readonly normalized: tf.Tensor2D; // [N, H]
  readonly inverseDeviation: tf.Tensor2D; // [N, 1]
  readonly output: tf.Tensor2D; // [N, H]
}

function forwardReference(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, eps: number): Forward {
  const centered = tf.sub(x, tf.mean(x, 1, true)); // [N, H]
  const variance = tf.mean(tf.square(centered), 1, true); // [N, 1]
  const inverseDeviation = tf.rsqrt(tf.add(variance, eps)) as tf.Tensor2D; // [N, 1]
  const normalized = tf.mul(centered, inverseDeviation) as tf.Tensor2D; // [N, H]
  return { normalized, inverseDeviation, output: tf.add(tf.mul(normalized, weight), bias) };
}

function forwardKernel(x: tf.Tensor2D, weight: tf.Tensor, bias: tf.Tensor, eps: number): Forward {
  const [output, normalized, inverseDeviation] = runKernelMany(FORWARD, { x, weight, bias }, { eps }) as tf.Tensor2D[];
  if (output === undefined || normalized === undefined || inverseDeviation === undefined) {
    throw new RangeError(`${FORWARD}: an output is missing`);
  }
  return { normalized, inverseDeviation, output };
}

/** @returns gradients of x, weight and bias */
function backward(dy: tf.Tensor2D, saved: readonly tf.Tensor[]): tf.Tensor[] {
  const [normalized, inverseDeviation, weight] = saved;
  if (normalized === undefined || inverseDeviation === undefined || weight === undefined) {
    throw new RangeError('layerNorm: nothing saved');
  }
  if (hasKernel(BACKWARD)) return runKernelMany(BACKWARD, { dy, normalized, inverseDeviation, weight }, {});
  const product = tf.mul(dy, normalized) as tf.Tensor2D; // [N, H]
  const inner = tf.mul(dy, weight); // [N, H]
  const shift = tf.mean(inner, 1, true); // [N, 1]
  const tilt = tf.mul(normalized, tf.mean(tf.mul(inner, normalized), 1, true)); // [N, H]
  const dx = tf.mul(tf.sub(tf.sub(inner, shift), tilt), inverseDeviation); // [N, H]
  return [dx, columnSums(product), columnSums(dy)];
}

registerHostKernel({
  name: FORWARD,
  outputs: ({ x }) => [x?.shape ?? [], x?.shape ?? [], [x?.shape[0] ?? 0, 1]],
  run: (outputs, { x = new Float32Array(), weight = x, bias = x }, { eps = 0 }) => {
    const [y = x, normalized = x, inverseDeviation = x] = outputs;
    const width = weight.length;
    for (let row = 0; row < inverseDeviation.length; row++) {
      const start = row * width;
      let sum = 0;
      for (let i = start; i < start + width; i++) sum += x[i] as number;
      const mean = sum / width;
      let squares = 0;
      for (let i = start; i < start + width; i++) squares += ((x[i] as number) - mean) ** 2;
      const inverse = 1 / Math.sqrt(squares / width + eps);
      inverseDeviation[row] = inverse;
      for (let i = 0; i < width; i++) {
        const value = ((x[start + i] as number) - mean) * inverse;
        normalized[start + i] = value;
        y[start + i] = value * (weight[i] as number) + (bias[i] as number);
      }
    }
  },
});

registerHostKernel({
  name: BACKWARD,
  outputs: ({ dy, weight }) => [dy?.shape ?? [], weight?.shape ?? [], weight?.shape ?? []],
  run: (outputs, inputs) => {
    const [dx = new Float32Array(), dWeight = dx, dBias = dx] = outputs;
    const { dy = dx, normalized = dx, inverseDeviation = dx, weight = dx } = inputs;
    const width = weight.length;
    dWeight.fill(0);
    dBias.fill(0);
    for (let row = 0; row < inverseDeviation.length; row++) {
      const start = row * width;
      let shift = 0;
      let tilt = 0;
      for (let i = 0; i < width; i++) {
        const gradient = dy[start + i] as number;
        const value = normalized[start + i] as number;
        const inner = gradient * (weight[i] as number);
        shift += inner;
        tilt += inner * value;
        dWeight[i] = (dWeight[i] as number) + gradient * value;
        dBias[i] = (dBias[i] as number) + gradient;
      }
      shift /= width;
      tilt /= width;
      const inverse = inverseDeviation[row] as number;
      for (let i = 0; i < width; i++) {
        const inner = (dy[start + i] as number) * (weight[i] as number);
        dx[start + i] = (inner - shift - (normalized[start + i] as number) * tilt) * inverse;
      }
    }
  },
});
