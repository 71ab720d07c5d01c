/**
 * Which weights a run ends with: held-out passes look at the average of the weights where there is one, the best ones so far
 * are remembered, and a run that no longer improves can end early.
 *
 * A checkpoint has to hold `live.average` and `live.best`.
 */
import { AVERAGE_EVERY, WeightAverage } from '../../compute/training/weightAverage.ts';
import type { HeldOutPoint } from '../../core/metrics.ts';
import { copyWeights, type Weights } from '../../model/initialize.ts';
import { evaluateOnHeldOut } from './heldOutEvaluator.ts';
import type { LiveModel } from './liveModel.ts';

/** Whether the last `patience` passes brought no new lowest loss. */
export function isStuck({ config: { training }, best, heldOut }: LiveModel): boolean {
  if (training.patience === 0 || best === null) return false;
  return heldOut.filter(({ step }) => step > best.step).length >= training.patience;
}

/** To be called before the first step. */
export async function beginAverage(live: LiveModel): Promise<void> {
  const { averageDecay } = live.config.training;
  if (averageDecay === 0 || live.average !== null) return;
  live.average = new WeightAverage(averageDecay, await live.roberta.readWeights());
}

/** To be called after every step. */
export async function addToAverage({ average, roberta, step }: LiveModel): Promise<void> {
  if (average !== null && step % AVERAGE_EVERY === 0) average.add(await roberta.readWeights(), step);
}

/** A look at the held-out text while training. @returns null where nothing is held out */
export async function lookWhileTraining(live: LiveModel): Promise<HeldOutPoint | null> {
  const { average, roberta } = live;
  if (average === null) return lookAt(live, null);
  // The model's own come back bit for bit.
  const own = await roberta.readWeights();
  roberta.writeWeights(average.weights);
  try {
    return await lookAt(live, average.weights);
  } finally {
    roberta.writeWeights(own);
  }
}

/**
 * Puts the weights that the run ends with into the model, and looks at the held-out text with them in full.
 * @returns null where nothing is held out
 */
export async function lookAtTheEnd(live: LiveModel): Promise<HeldOutPoint | null> {
  const { config, average, step, roberta, heldOut } = live;
  const keepsBest = config.training.keepWeights === 'best';
  if (keepsBest && heldOut.at(-1)?.step !== step) await lookWhileTraining(live);
  const { best } = live;
  const kept = (keepsBest ? best?.weights : null) ?? average?.weights ?? null;
  if (kept !== null) roberta.writeWeights(kept);
  live.weightsStep = keepsBest && best !== null ? best.step : step;
  return evaluateOnHeldOut(live, 'final');
}

/** @param average the weights in the model, where they are the average's */
async function lookAt(live: LiveModel, average: Weights | null): Promise<HeldOutPoint | null> {
  const { roberta, config, best, step } = live;
  const point = await evaluateOnHeldOut(live, 'training');
  if (point === null || !(point.loss < (best?.loss ?? Number.POSITIVE_INFINITY))) return point;
  const keeps = config.training.keepWeights === 'best';
  const weights = keeps ? (average === null ? await roberta.readWeights() : copyWeights(average)) : null;
  live.best = { step, loss: point.loss, weights };
  return point;
}
