/** An exponential average of the weights, on the host: it costs a copy every few steps and no kernel. */
import { copyWeights, type Weights } from '../../model/initialize.ts';

/** Steps from one look at the weights to the next: they hardly move in between. */
export const AVERAGE_EVERY = 10;

/**
 * The average after step n is d · average + (1 − d) · weights, with d the decay of {@link AVERAGE_EVERY} steps, and less in
 * the beginning: min(decay, (1 + n) / (10 + n)) a step, so that the first weights are soon forgotten.
 * Source: Polyak and Juditsky (1992); the warm-up is that of TensorFlow's `ExponentialMovingAverage`.
 */
export class WeightAverage {
  readonly #decay: number;
  readonly #weights: Weights;

  /** @param weights where the average begins; copied */
  constructor(decay: number, weights: Weights) {
    this.#decay = decay;
    this.#weights = copyWeights(weights);
  }

  /** The average so far. Not to be changed. */
  get weights(): Weights {
    return this.#weights;
  }

  /** Adds the weights after a number of steps. */
  add(weights: Weights, step: number): void {
    const share = 1 - Math.min(this.#decay, (1 + step) / (10 + step)) ** AVERAGE_EVERY;
    for (const [name, average] of this.#weights) {
      const values = weights.get(name) ?? average;
      for (let i = 0; i < average.length; i++) {
        const before = average[i] as number;
        average[i] = before + share * ((values[i] as number) - before);
      }
    }
  }
}
