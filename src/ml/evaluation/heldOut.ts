/** How well the model predicts masked tokens that it was not trained on. */
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../core/pipeline/batches.ts';
import type { Roberta } from '../model/roberta.ts';

interface HeldOutResult {
  /** Mean negative log-likelihood of the masked tokens, nats. NaN if there are none. */
  readonly loss: number;
  /** Standard error of `loss` over the masked tokens. NaN if there are fewer than two. */
  readonly standardError: number;
  /** Share of the masked tokens whose logit no other exceeds. */
  readonly top1: number;
  /** Share of the masked tokens whose logit fewer than five others exceed. */
  readonly top5: number;
  /** Masked tokens read. */
  readonly tokens: number;
}

/**
 * Reads every masked token of the batches once, without dropout. Nothing stays on the device, and each batch is read back
 * in one transfer.
 * @param pause called between batches, so that whoever shares the thread gets a turn
 */
export async function evaluateHeldOut(
  model: Roberta,
  batches: readonly Batch[],
  pause: () => Promise<void>,
): Promise<HeldOutResult> {
  const losses: number[] = [];
  let top1 = 0;
  let top5 = 0;
  for (const [index, batch] of batches.entries()) {
    if (index > 0) await pause();
    for (const { loss, rank } of await scoreBatch(model, batch)) {
      losses.push(loss);
      // A loss that is not a number has rank 0, since nothing exceeds NaN, and is no hit all the same.
      if (Number.isNaN(loss)) continue;
      if (rank < 1) top1++;
      if (rank < 5) top5++;
    }
  }
  const tokens = losses.length;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / tokens;
  const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  const standardError = tokens < 2 ? Number.NaN : Math.sqrt(squares / (tokens - 1) / tokens);
  return { loss: mean, standardError, top1: top1 / tokens, top5: top5 / tokens, tokens };
}

/** @returns for each masked token its loss and how many logits are strictly greater than its own */
async function scoreBatch(model: Roberta, batch: Batch): Promise<{ loss: number; rank: number }[]> {
  const targets = Int32Array.from(batch.maskedPositions, (position) => batch.labels[position] ?? 0); // [M]
  const figures = tf.tidy(() => {
    const { inputIds, attentionMask, rows, columns, maskedPositions } = batch;
    const logits = model.logitsForRows(inputIds, attentionMask, rows, columns, maskedPositions); // [M, V]
    const chosen = tf.oneHot(tf.tensor1d(targets, 'int32'), model.vocabSize, 1, 0, 'float32'); // [M, V]
    // Exact: one term of each sum is the logit, all others are 0.
    const target = tf.sum(tf.mul(logits, chosen), 1, true); // [M, 1]
    const loss = tf.sub(tf.logSumExp(logits, 1), tf.reshape(target, [-1])); // [M]
    const rank = tf.sum(tf.cast(tf.greater(logits, target), 'float32'), 1); // [M]
    return tf.stack([loss, rank]); // [2, M]
  });
  try {
    const values = await figures.data<'float32'>();
    const length = targets.length;
    return [...batch.maskedWeights].flatMap((weight, row) =>
      weight > 0 ? [{ loss: values[row] ?? Number.NaN, rank: values[length + row] ?? 0 }] : [],
    );
  } finally {
    figures.dispose();
  }
}
