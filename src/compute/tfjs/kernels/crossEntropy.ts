/** The masked-LM loss. */
import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernelMany } from './fusion.ts';
import { registerHostKernel } from './hostKernel.ts';

const NAME = 'FolioCrossEntropy';

export interface Outcome {
  /**
   * Σ weight · −log softmax(logits)[label]. Its gradient is that of the smoothed loss, so that runs with other smoothing
   * compare by their figures.
   */
  readonly loss: tf.Scalar;
  /** Σ weight over the rows whose highest logit is the label's. */
  readonly accuracy: tf.Scalar;
}

/**
 * Weighted cross-entropy and accuracy. With weights that add up to 1 both are means.
 * Shapes: logits [M, V], labels [M], weights [M]
 * @param smoothing share of each target that all V entries have alike (Szegedy et al. 2016, section 7)
 * Source: `torch.nn.functional.cross_entropy`; the maximum is subtracted first, so that no exponential overflows.
 */
export function crossEntropy(logits: tf.Tensor2D, labels: Int32Array, weights: Float32Array, smoothing = 0): Outcome {
  const targets = tf.tensor1d(labels, 'int32'); // [M]
  const shares = tf.tensor1d(weights); // [M]
  const loss = tf.customGrad((...parameters) => {
    const [input, save] = parameters as unknown as [tf.Tensor2D, tf.GradSaveFunc];
    const compute = hasKernel(NAME) ? kernel : reference;
    const { rows, gradient } = compute(input, targets, shares, smoothing);
    save([gradient]);
    return {
      value: tf.sum(tf.mul(rows, shares)) as tf.Tensor,
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
        if (saved === undefined) throw new RangeError('crossEntropy: nothing saved');
        return tf.mul(saved, dy);
      },
    };
  })(logits) as tf.Scalar;
  const hits = tf.cast(tf.equal(tf.argMax(logits, 1), targets), 'float32'); // [M]
  return { loss, accuracy: tf.sum(tf.mul(hits, shares)) };
}

interface Rows {
  /** −log softmax(logits)[label] of each row. */
  readonly rows: tf.Tensor; // [M]
  /** weight · (softmax − target), the target being one-hot but for what is smoothed. */
  readonly gradient: tf.Tensor; // [M, V]
}

function reference(logits: tf.Tensor2D, labels: tf.Tensor1D, weights: tf.Tensor1D, smoothing: number): Rows {
  const shifted = tf.sub(logits, tf.max(logits, 1, true)); // [M, V]
  const exponentials = tf.exp(shifted); // [M, V]
  const sums = tf.sum(exponentials, 1, true); // [M, 1]
  const chosen = tf.oneHot(labels, logits.shape[1], 1, 0, 'float32'); // [M, V]
  const picked = tf.sum(tf.mul(shifted, chosen), 1); // [M]
  const rows = tf.sub(tf.log(tf.reshape(sums, [-1])), picked); // [M]
  const column = tf.reshape(weights, [-1, 1]); // [M, 1]
  const wanted = smoothing === 0 ? chosen : tf.add(tf.mul(chosen, 1 - smoothing), smoothing / logits.shape[1]); // [M, V]
  const gradient = tf.mul(tf.sub(tf.div(exponentials, sums), wanted), column); // [M, V]
  return { rows, gradient };
}

function kernel(logits: tf.Tensor2D, labels: tf.Tensor1D, weights: tf.Tensor1D, smoothing: number): Rows {
  const [rows, gradient] = runKernelMany(NAME, { logits, labels, weights }, { smoothing });
  if (rows === undefined || gradient === undefined) throw new RangeError(`${NAME}: an output is missing`);
  return { rows, gradient };
}

registerHostKernel({
  name: NAME,
  outputs: ({ logits, labels }) => [labels?.shape ?? [], logits?.shape ?? []],
  run: (
    [rows = new Float32Array(), gradient = rows],
    { logits = rows, labels = rows, weights = rows },
    { smoothing = 0 },
  ) => {
    const width = logits.length / rows.length;
    for (let row = 0; row < rows.length; row++) {
      const start = row * width;
      const end = start + width;
      let highest = Number.NEGATIVE_INFINITY;
      for (let i = start; i < end; i++) if ((logits[i] as number) > highest) highest = logits[i] as number;
      let sum = 0;
      for (let i = start; i < end; i++) {
        const exponential = Math.exp((logits[i] as number) - highest);
        gradient[i] = exponential;
        sum += exponential;
      }
      const weight = weights[row] as number;
      const target = start + (labels[row] as number);
      rows[row] = Math.log(sum) + highest - (logits[target] as number);
      const scale = weight / sum;
      const even = (weight * smoothing) / width;
      for (let i = start; i < end; i++) gradient[i] = (gradient[i] as number) * scale - even;
      gradient[target] = (gradient[target] as number) - weight * (1 - smoothing);
    }
  },
});
