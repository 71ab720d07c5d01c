/** How well the model predicts masked tokens that it was not trained on. */
import * as tf from '@tensorflow/tfjs';
import type { HeldOutPoint } from '../../core/metrics.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { calibrationError, isHit, type TokenScore } from '../../text/batches/heldOutFigures.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { rowOf, scoreToken } from './topTokens.ts';

/** Figures are NaN where there are no masked tokens, the standard error with fewer than two. */
type HeldOutResult = Pick<HeldOutPoint, 'loss' | 'standardError' | 'top1' | 'top5' | 'calibrationError' | 'tokens'>;

/**
 * Scores of every masked token of the batches, in their order, without dropout. Nothing stays on the device, and each batch is
 * read back in one transfer.
 * @param pause called between batches, so that whoever shares the thread gets a turn
 */
export async function scoreHeldOut(
  model: Roberta,
  batches: readonly Batch[],
  pause: () => Promise<void>,
): Promise<TokenScore[]> {
  const scores: TokenScore[] = [];
  for (const [index, batch] of batches.entries()) {
    if (index > 0) await pause();
    scores.push(...(await scoreBatch(model, batch)));
  }
  return scores;
}

/** What the scores of masked tokens say together. */
export function meanOfScores(scores: readonly TokenScore[]): HeldOutResult {
  const tokens = scores.length;
  const mean = scores.reduce((sum, { loss }) => sum + loss, 0) / tokens;
  const squares = scores.reduce((sum, { loss }) => sum + (loss - mean) ** 2, 0);
  const standardError = tokens < 2 ? Number.NaN : Math.sqrt(squares / (tokens - 1) / tokens);
  const share = (among: number): number => scores.filter((score) => isHit(score, among)).length / tokens;
  return {
    loss: mean,
    standardError,
    top1: share(1),
    top5: share(5),
    calibrationError: calibrationError(scores),
    tokens,
  };
}

/** @returns for each masked token its loss, how many logits are strictly greater than its own, and the highest probability */
async function scoreBatch(model: Roberta, batch: Batch): Promise<TokenScore[]> {
  const { maskedPositions, maskedWeights, labels } = batch;
  const targets = Int32Array.from(maskedPositions, (position) => labels[position] ?? 0); // [M]
  // Logits that are on a graphics card are many to fetch.
  const isNear = tf.getBackend() === 'wasm' || tf.getBackend() === 'cpu';
  const scores = isNear ? await scoreHere(model, batch, targets) : await scoreThere(model, batch, targets);
  return scores.filter((_, row) => maskedWeights[row] !== 0);
}

async function scoreHere(model: Roberta, batch: Batch, targets: Int32Array): Promise<TokenScore[]> {
  const logits = await model.logitsForRows(batch, batch.maskedPositions); // [M, V]
  return Array.from(targets, (token, row) => scoreToken(rowOf(logits, row, model.vocabSize), token));
}

async function scoreThere(model: Roberta, batch: Batch, targets: Int32Array): Promise<TokenScore[]> {
  const figures = tf.tidy(() => {
    const logits = model.forward(batch, batch.maskedPositions, null); // [M, V]
    const places = tf.stack([tf.range(0, targets.length, 1, 'int32'), tf.tensor1d(targets, 'int32')], 1); // [M, 2]
    const target = tf.reshape(tf.gatherND(logits, places as tf.Tensor2D), [-1, 1]); // [M, 1]
    const total = tf.logSumExp(logits, 1); // [M]
    const loss = tf.sub(total, tf.reshape(target, [-1])); // [M]
    const confidence = tf.exp(tf.sub(tf.max(logits, 1), total)); // [M]
    const rank = tf.sum(tf.cast(tf.greater(logits, target), 'float32'), 1); // [M]
    return tf.stack([loss, rank, confidence], 1); // [M, 3]
  });
  try {
    const values = await figures.data<'float32'>();
    return Array.from(targets, (_, row) => {
      const [loss = Number.NaN, rank = 0, confidence = Number.NaN] = values.subarray(3 * row);
      return { loss, rank, confidence };
    });
  } finally {
    figures.dispose();
  }
}
