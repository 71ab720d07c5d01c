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

export class KeptWeights {
  readonly #live: LiveModel;

  /** Goes on with what `live` holds. */
  constructor(live: LiveModel) {
    this.#live = live;
  }

  /** To be called before the first step. */
  async begin(): Promise<void> {
    const { config, roberta } = this.#live;
    if (config.training.averageDecay === 0 || this.#live.average !== null) return;
    this.#live.average = new WeightAverage(config.training.averageDecay, await roberta.readWeights());
  }

  /** To be called after every step. */
  async afterStep(): Promise<void> {
    const { average, roberta, step } = this.#live;
    if (average !== null && step % AVERAGE_EVERY === 0) average.add(await roberta.readWeights(), step);
  }

  /** A look at the held-out text while training. @returns null where nothing is held out */
  async look(): Promise<HeldOutPoint | null> {
    const { average } = this.#live;
    if (average === null) return this.#lookAt(null);
    return this.#withWeights(average.weights, () => this.#lookAt(average.weights));
  }

  /**
   * Puts the weights that the run ends with into the model, and looks at the held-out text with them in full.
   * @returns null where nothing is held out
   */
  async end(): Promise<HeldOutPoint | null> {
    const { config, average, step, roberta, heldOut } = this.#live;
    const keepsBest = config.training.keepWeights === 'best';
    if (keepsBest && heldOut.at(-1)?.step !== step) await this.look();
    const { best } = this.#live;
    const kept = (keepsBest ? best?.weights : null) ?? average?.weights ?? null;
    if (kept !== null) roberta.writeWeights(kept);
    this.#live.weightsStep = keepsBest && best !== null ? best.step : step;
    return evaluateOnHeldOut(this.#live, 'final');
  }

  /** @param average the weights in the model, where they are the average's */
  async #lookAt(average: Weights | null): Promise<HeldOutPoint | null> {
    const { roberta, config, best, step } = this.#live;
    const point = await evaluateOnHeldOut(this.#live, 'training');
    if (point === null || !(point.loss < (best?.loss ?? Number.POSITIVE_INFINITY))) return point;
    const keeps = config.training.keepWeights === 'best';
    const weights = keeps ? (average === null ? await roberta.readWeights() : copyWeights(average)) : null;
    this.#live.best = { step, loss: point.loss, weights };
    return point;
  }

  /** Does something with other weights in the model, and puts its own back, bit for bit. */
  async #withWeights<T>(weights: Weights, work: () => Promise<T>): Promise<T> {
    const { roberta } = this.#live;
    const own = await roberta.readWeights();
    roberta.writeWeights(weights);
    try {
      return await work();
    } finally {
      roberta.writeWeights(own);
    }
  }
}
