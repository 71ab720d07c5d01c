/** Dense layers with `[out, in]` weights, as 2-D matrix products. */
import * as tf from '@tensorflow/tfjs';
import { columnSums } from './columnSums.ts';

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
