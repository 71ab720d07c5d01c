/**
 * Everything that changes from one batch to the next, packed into one array: the step's programs, on WebGPU and on the
 * processor, read it at fixed places.
 */
import type { ModelConfig, TrainingConfig } from '../../core/config.ts';
import { deriveSeed } from '../../core/rng.ts';
import type { Graph } from '../../model/graph.ts';
import { sizeOf } from '../../model/value.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { type InputIndex, indexInput, type ModelInput } from '../model/inputs.ts';
import { ALIGNMENT, type Stretch, stretchIn } from './parameterLayout.ts';

/** What the optimizer reads in one step. */
export interface StepScalars {
  /** What decayed parameters keep: 1 − learning rate · decay. */
  readonly keep: number;
  /** Learning rate / (1 − β1ᵗ). */
  readonly stepSize: number;
  /** 1 / √(1 − β2ᵗ). */
  readonly secondScale: number;
}

/** @param step 0 for the first */
export function stepScalars(config: TrainingConfig, step: number, learningRate: number): StepScalars {
  const { beta1, beta2, weightDecay } = config;
  return {
    keep: 1 - learningRate * weightDecay,
    stepSize: learningRate / (1 - beta1 ** (step + 1)),
    secondScale: 1 / Math.sqrt(1 - beta2 ** (step + 1)),
  };
}

/**
 * What weights are divided by: their sum over the step's batches, so that with gradient accumulation every chosen token
 * counts the same, whichever batch it is in. A batch may have no token chosen: its loss and gradients are 0.
 */
export function totalWeightOf(batches: readonly Batch[]): number {
  const chosen = batches.reduce((sum, batch) => sum + batch.maskedWeights.reduce((a, b) => a + b, 0), 0);
  return Number.isNaN(chosen) ? chosen : Math.max(1, chosen);
}

/** Of the optimizer, beside the graph's own inputs. */
const SCALARS = 'scalars';

export class BatchPacking {
  /** Numbers of 4 bytes in the array. */
  readonly length: number;
  readonly #model: ModelConfig;
  readonly #vocabSize: number;
  /** Where each input lies, by name. */
  readonly stretchOf: ReadonlyMap<string, Stretch>;
  readonly #seedsStart: number;
  readonly #dropoutSites: number;

  /** @param graph whose inputs are packed; those of `model/roberta.ts` and `model/step.ts` are known here */
  constructor(graph: Graph, model: ModelConfig, vocabSize: number) {
    this.#model = model;
    this.#vocabSize = vocabSize;
    this.#dropoutSites = graph.dropoutSites;
    const stretches = new Map<string, Stretch>();
    let end = 0;
    const append = (name: string, length: number): void => {
      stretches.set(name, { start: end, length });
      end += ALIGNMENT * Math.ceil(length / ALIGNMENT);
    };
    for (const { name, shape } of graph.inputs) append(name, sizeOf(shape));
    append(SCALARS, 4);
    this.stretchOf = stretches;
    this.#seedsStart = end;
    this.length = end + ALIGNMENT * this.#dropoutSites;
  }

  /** Where the seed of a place lies at which units are dropped. */
  seed(site: number): Stretch {
    return { start: this.#seedsStart + ALIGNMENT * site, length: 1 };
  }

  /**
   * Packs a batch.
   * @param target {@link length} numbers, of which some are floats
   * @param totalWeight see `totalWeightOf`
   * @param dropoutSeed of this batch in this step
   * @param slot where in the ring this step's figures go, if there is one
   */
  pack(
    target: Int32Array,
    batch: Batch,
    totalWeight: number,
    dropoutSeed: number,
    scalars: StepScalars,
    slot: number,
  ): void {
    const index = this.#packInput(target, batch);
    for (const [name, { starts, places }] of [['ids', index.words] as const, ['places', index.places] as const]) {
      this.#view(target, `${name}.starts`).set(starts);
      this.#view(target, `${name}.uses`).set(places);
    }
    this.#packTargets(target, batch, totalWeight);
    const { start } = stretchIn(this, SCALARS);
    floatsOf(target).set([scalars.keep, scalars.stepSize, scalars.secondScale, slot], start);
    for (let site = 0; site < this.#dropoutSites; site++) {
      target[this.#seedsStart + ALIGNMENT * site] = deriveSeed(dropoutSeed, site);
    }
  }

  /** Packs what a forward pass without dropout reads. @param positions rows that the head reads, M at most; null: all */
  packForward(target: Int32Array, input: ModelInput, positions: Int32Array | null): void {
    this.#packInput(target, input);
    if (positions !== null) this.#view(target, 'positions').fill(0).set(positions);
  }

  #packInput(target: Int32Array, input: ModelInput): InputIndex {
    const index = indexInput(input, this.#vocabSize, this.#model.maxPositionEmbeddings);
    this.#view(target, 'ids').set(input.inputIds);
    this.#view(target, 'places').set(index.places.ids);
    this.#view(target, 'attended').set(input.attentionMask);
    return index;
  }

  #packTargets(target: Int32Array, batch: Batch, totalWeight: number): void {
    const { maskedPositions, maskedWeights, labels } = batch;
    const weights = floatsOf(this.#view(target, 'weights')).fill(0);
    const rowOf = this.#view(target, 'positions.inverse').fill(-1);
    const positions = this.#view(target, 'positions').fill(0);
    const targets = this.#view(target, 'labels').fill(0);
    for (const [row, position] of maskedPositions.entries()) {
      const weight = maskedWeights[row] ?? 0;
      positions[row] = position;
      targets[row] = labels[position] ?? 0;
      weights[row] = weight / totalWeight;
      // Rows of weight 0 have gradient 0; several of them may name the same position. NaN counts as a weight.
      if (weight !== 0) rowOf[position] = row;
    }
  }

  /** Not by `subarray`: Firefox 153, once it has compiled this, at times gives back the whole array (docs/log/NOTES.md). */
  #view({ buffer, byteOffset }: Int32Array, name: string): Int32Array {
    const { start, length } = stretchIn(this, name);
    return new Int32Array(buffer, byteOffset + 4 * start, length);
  }
}

function floatsOf({ buffer, byteOffset, length }: Int32Array): Float32Array {
  return new Float32Array(buffer, byteOffset, length);
}
