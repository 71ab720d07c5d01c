/** Dense layers with `[out, in]` weights, as 2-D matrix products. */
import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernel } from './fusion.ts';
import { registerHostKernel } from './hostKernel.ts';

const NAME = 'FolioColumnSums';

/**
 * x · weightᵀ + bias. Differentiable in all three.
 * Shapes: x [N, I], weight [O, I], bias [O] → [N, O]
 * Source: `torch.nn.Linear`.
 */
export function dense(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor): tf.Tensor2D {
  const op = tf.customGrad((...parameters) => {
    const [input, matrix, offset, save] = parameters as unknown as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor1D,
      tf.GradSaveFunc,
    ];
    save([input, matrix]);
    return {
      value: tf.fused.matMul({ a: input, b: matrix, bias: offset, transposeB: true }),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => denseGradients(dy as tf.Tensor2D, saved as tf.Tensor2D[]),
    };
  });
  return op(x, weight, bias) as tf.Tensor2D;
}

function denseGradients(dy: tf.Tensor2D, saved: readonly tf.Tensor2D[]): tf.Tensor[] {
  const [input, matrix] = saved;
  if (input === undefined || matrix === undefined) throw new RangeError('dense: nothing saved');
  return [tf.matMul(dy, matrix), tf.matMul(dy, input, true, false), columnSums(dy)];
}

/** Sum over the rows. @param x [N, O] @returns [O] */
export function columnSums(x: tf.Tensor2D): tf.Tensor1D {
  return hasKernel(NAME) ? runKernel(NAME, { x }, {}) : tf.sum(x, 0);
}

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
