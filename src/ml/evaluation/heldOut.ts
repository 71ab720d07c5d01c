/** How well the model predicts masked tokens that it was not trained on. */
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../core/pipeline/batch.ts';
import { calibrationError, isHit, type TokenScore } from '../../core/pipeline/heldOutFigures.ts';
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
  /** Expected calibration error, see `core/pipeline/heldOutFigures.ts`. */
  readonly calibrationError: number;
  /** Masked tokens read. */
  readonly tokens: number;
}

/** Scores of every masked token of the batches, in their order; see {@link evaluateHeldOut}. */
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
  return meanOfScores(await scoreHeldOut(model, batches, pause));
}

/** @returns for each masked token its loss, how many logits are strictly greater than its own, and the highest probability */
async function scoreBatch(model: Roberta, batch: Batch): Promise<TokenScore[]> {
  const targets = Int32Array.from(batch.maskedPositions, (position) => batch.labels[position] ?? 0); // [M]
  const figures = tf.tidy(() => {
    const { inputIds, attentionMask, rows, columns, maskedPositions } = batch;
    const logits = model.logitsForRows(inputIds, attentionMask, rows, columns, maskedPositions); // [M, V]
    const places = tf.tensor2d(
      [...targets].flatMap((token, row) => [row, token]),
      [targets.length, 2],
      'int32',
    );
    const target = tf.reshape(tf.gatherND(logits, places), [-1, 1]); // [M, 1]
    const total = tf.logSumExp(logits, 1); // [M]
    const loss = tf.sub(total, tf.reshape(target, [-1])); // [M]
    const confidence = tf.exp(tf.sub(tf.max(logits, 1), total)); // [M]
    const rank = tf.sum(tf.cast(tf.greater(logits, target), 'float32'), 1); // [M]
    return tf.stack([loss, rank, confidence]); // [3, M]
  });
  try {
    const values = await figures.data<'float32'>();
    const length = targets.length;
    return [...batch.maskedWeights].flatMap((weight, row) => {
      if (weight === 0) return [];
      const [loss = Number.NaN, rank = 0, confidence = Number.NaN] = [0, 1, 2].map((at) => values[at * length + row]);
      return [{ loss, rank, confidence }];
    });
  } finally {
    figures.dispose();
  }
}
