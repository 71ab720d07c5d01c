/** Loss and gradients of one optimizer step, on the device. */
import * as tf from '@tensorflow/tfjs';
import { StudioError } from '../../core/errors.ts';
import { deriveSeed } from '../../core/rng.ts';
import type { Batch } from '../../text/batches/batch.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { crossEntropy } from '../tfjs/kernels/crossEntropy.ts';

/** What a step's batches give. Every tensor belongs to the caller, or to the tidy that it calls from. */
export interface StepGradients {
  /** Mean negative log-likelihood of the chosen tokens, nats. */
  readonly loss: tf.Scalar;
  /** Share of the chosen tokens predicted right. */
  readonly accuracy: tf.Scalar;
  /** One for each of the model's parameters, in the order of `Roberta.specs`. */
  readonly gradients: readonly tf.Tensor[];
}

/**
 * Loss and gradients over the batches of one step. With gradient accumulation every chosen token counts the same,
 * whichever batch it is in: the weighted losses of all batches are summed and divided by the sum of all weights, so that k
 * batches of B rows give the gradient of one batch of k·B rows.
 *
 * @param dropoutSeed seed of this step's dropout; null switches dropout off
 * @param smoothing label smoothing of the gradients
 */
export function computeGradients(
  model: Roberta,
  batches: readonly Batch[],
  dropoutSeed: number | null,
  smoothing = 0,
): StepGradients {
  const [first, ...others] = batches;
  if (first === undefined) throw new StudioError('internal', 'a step needs at least one batch');
  const chosen = batches.reduce((sum, batch) => sum + batch.maskedWeights.reduce((a, b) => a + b, 0), 0);
  // A batch may have no token chosen: its weights are all 0, and so are its loss and gradients.
  const total = Math.max(1, chosen);
  const seedOf = (index: number): number | null => (dropoutSeed === null ? null : deriveSeed(dropoutSeed, index));
  let sum = batchGradients(model, first, total, seedOf(0), smoothing);
  for (const [index, batch] of others.entries()) {
    sum = addGradients(sum, batchGradients(model, batch, total, seedOf(index + 1), smoothing));
  }
  return sum;
}

/** @param total sum of the weights over the step's batches */
function batchGradients(
  model: Roberta,
  batch: Batch,
  total: number,
  dropoutSeed: number | null,
  smoothing: number,
): StepGradients {
  const labels = Int32Array.from(batch.maskedPositions, (position) => batch.labels[position] ?? 0); // [M]
  const weights = batch.maskedWeights.map((weight) => weight / total); // [M]
  const variables = model.specs.map((spec) => model.parameter(spec.name));
  const kept: { accuracy: tf.Scalar | null } = { accuracy: null };
  const { value, grads } = tf.variableGrads(() => {
    const logits = model.forward(batch, batch.maskedPositions, dropoutSeed); // [M, V]
    const outcome = crossEntropy(logits, labels, weights, smoothing);
    // The tape's own tidy would free it.
    kept.accuracy = tf.keep(outcome.accuracy);
    return outcome.loss;
  }, variables);
  return {
    loss: value,
    accuracy: release(kept.accuracy),
    gradients: variables.map((variable) => gradientOf(variable, grads)),
  };
}

/** Hands a kept scalar to the tidy around the caller. */
function release(kept: tf.Scalar | null): tf.Scalar {
  if (kept === null) throw new StudioError('internal', 'the loss was not computed');
  const scalar = kept.clone();
  kept.dispose();
  return scalar;
}

function gradientOf(variable: tf.Variable, gradients: tf.NamedTensorMap): tf.Tensor {
  const gradient = gradients[variable.name];
  if (gradient === undefined) throw new StudioError('internal', `no gradient for ${variable.name}`);
  return gradient;
}

/** Sums two batches' results, both already divided by the step's total weight, and frees them. */
function addGradients(a: StepGradients, b: StepGradients): StepGradients {
  const add = <T extends tf.Tensor>(x: T, y: tf.Tensor | undefined): T => {
    if (y === undefined) throw new StudioError('internal', 'two batches with different parameters');
    const sum = tf.add(x, y) as T;
    tf.dispose([x, y]);
    return sum;
  };
  return {
    loss: add(a.loss, b.loss),
    accuracy: add(a.accuracy, b.accuracy),
    gradients: a.gradients.map((gradient, index) => add(gradient, b.gradients[index])),
  };
}
