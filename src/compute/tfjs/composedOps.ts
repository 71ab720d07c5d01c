/** What tfjs has no operation for, made of those that it has. */
import * as tf from '@tensorflow/tfjs';
import { hashUint32 } from '../../core/rng.ts';
import type { RowIndex } from '../step/rowIndex.ts';

/**
 * Zeroes each entry with probability `rate` and scales the others by 1 / (1 − rate). The choice belongs to the place: entry i is
 * kept if hash(hash(i) ^ seed) is at least rate · 2³².
 * @param seed 32 bits; the same seed drops the same entries of the same shape
 * Source: Srivastava et al. (2014), in the "inverted" form of `torch.nn.Dropout`.
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, seed: number): T {
  if (rate <= 0) return x;
  const [threshold, scale] = [Math.floor(rate * 2 ** 32), 1 / (1 - rate)];
  const mask = new Float32Array(x.size);
  for (let i = 0; i < x.size; i++) mask[i] = hashUint32(hashUint32(i) ^ seed) >= threshold ? scale : 0;
  return tf.mul(x, tf.tensor(mask, x.shape)) as T;
}

/**
 * Rows of `table`. Its gradient adds in a fixed order and with no atomics; the index's frozen row receives none.
 * Shapes: table [R, H], index [N] into R → [N, H]
 * Source: `torch.nn.Embedding` with `padding_idx`.
 */
export function gatherRows(table: tf.Tensor2D, { ids, rowCount, frozenRow }: RowIndex): tf.Tensor2D {
  return tf.customGrad((input) => ({
    value: tf.gather(input as tf.Tensor2D, tf.tensor1d(ids, 'int32')),
    gradFunc: (dy: tf.Tensor) => {
      const learning = ids.map((id) => (id === frozenRow ? -1 : id));
      return tf.matMul(oneHot(learning, rowCount), dy as tf.Tensor2D, true, false);
    },
  }))(table) as tf.Tensor2D;
}

/** 1 where the id is, in rows of `depth`; an id outside of it gives zeros. Cast, since tfjs's own float32 one-hot is wrong on wasm. */
export function oneHot(ids: Int32Array, depth: number): tf.Tensor2D {
  return tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), depth), 'float32') as tf.Tensor2D;
}

export interface Outcome {
  /** Σ weight · −log softmax(logits)[label]: the figure, so that runs with other smoothing compare. */
  readonly loss: tf.Scalar;
  /** The same with smoothed targets: what is differentiated. */
  readonly objective: tf.Scalar;
  /** Σ weight over the rows whose highest logit is the label's. */
  readonly accuracy: tf.Scalar;
}

/**
 * Weighted cross-entropy and accuracy. With weights that add up to 1 both are means.
 * Shapes: logits [M, V], labels [M], weights [M]
 * @param smoothing share of each target that all V entries have alike (Szegedy et al. 2016, section 7)
 * Source: `torch.nn.functional.cross_entropy`.
 */
export function crossEntropy(logits: tf.Tensor2D, labels: Int32Array, weights: Float32Array, smoothing = 0): Outcome {
  const shares = tf.tensor1d(weights); // [M]
  const chosen = oneHot(labels, logits.shape[1]); // [M, V]
  const wanted = tf.add(tf.mul(chosen, 1 - smoothing), smoothing / logits.shape[1]); // [M, V]
  const logProbabilities = tf.logSoftmax(logits); // [M, V]
  const lossFor = (targets: tf.Tensor): tf.Scalar =>
    tf.neg(tf.sum(tf.mul(shares, tf.sum(tf.mul(targets, logProbabilities), 1))));
  const hits = tf.cast(tf.equal(tf.argMax(logits, 1), tf.tensor1d(labels, 'int32')), 'float32'); // [M]
  return { loss: lossFor(chosen), objective: lossFor(wanted), accuracy: tf.sum(tf.mul(hits, shares)) };
}
