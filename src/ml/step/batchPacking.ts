/**
 * Everything that changes from one batch to the next, packed into one array: the step's programs, on WebGPU and on the
 * processor, read it at fixed places.
 */
import type { ModelConfig, TrainingConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import type { Batch } from '../../core/pipeline/batch.ts';
import { deriveSeed } from '../../core/rng.ts';
import { type InputIndex, indexInput, type ModelInput } from '../model/inputs.ts';
import { ALIGNMENT } from './alignment.ts';
import type { Stretch } from './parameterLayout.ts';

/** Sizes of the batches of a run. */
export interface BatchSizes {
  /** B. */
  readonly rows: number;
  /** T. */
  readonly columns: number;
  /** M. A batch with fewer masked rows is filled up with rows of weight 0. */
  readonly maskedRows: number;
}

/** What the optimizer reads in one step. */
export interface StepScalars {
  /** What decayed parameters keep: 1 − learning rate · decay. */
  readonly keep: number;
  /** Learning rate / (1 − β1ᵗ). */
  readonly stepSize: number;
  /** 1 / √(1 − β2ᵗ). */
  readonly secondScale: number;
  /** Where in the ring this step's figures go. */
  readonly slot: number;
}

/** @param step 0 for the first */
export function stepScalars(config: TrainingConfig, step: number, learningRate: number, slot: number): StepScalars {
  const { beta1, beta2, weightDecay } = config;
  return {
    keep: 1 - learningRate * weightDecay,
    stepSize: learningRate / (1 - beta1 ** (step + 1)),
    secondScale: 1 / Math.sqrt(1 - beta2 ** (step + 1)),
    slot,
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

const NAMES = [
  'ids', // i32 [N]
  'places', // i32 [N], rows of the position table
  'attended', // i32 [N]
  'wordStarts', // i32 [V + 1]
  'wordUses', // i32 [N]
  'placeStarts', // i32 [P + 1]
  'placeUses', // i32 [N]
  'positions', // i32 [M]
  'labels', // i32 [M]
  'weights', // f32 [M]
  'maskedRowOf', // i32 [N], -1 where the head does not read
  'scalars', // f32 [4]
] as const;
export type InputName = (typeof NAMES)[number];

/** Views of the memory that a batch is packed into, from where the packing starts. */
export interface PackTarget {
  readonly ints: Int32Array;
  readonly uints: Uint32Array;
  readonly floats: Float32Array;
}

/** Places where units are dropped: after the embeddings, and three in each layer. */
function dropoutSites(model: ModelConfig): number {
  return 1 + 3 * model.numHiddenLayers;
}

export class BatchPacking {
  /** Numbers of 4 bytes in the array. */
  readonly length: number;
  readonly #model: ModelConfig;
  readonly #vocabSize: number;
  readonly #sizes: BatchSizes;
  readonly #stretches: ReadonlyMap<InputName, Stretch>;
  readonly #seedsStart: number;

  constructor(model: ModelConfig, vocabSize: number, sizes: BatchSizes) {
    this.#model = model;
    this.#vocabSize = vocabSize;
    this.#sizes = sizes;
    const lengths = lengthsOf(model, vocabSize, sizes);
    const stretches = new Map<InputName, Stretch>();
    let end = 0;
    for (const name of NAMES) {
      stretches.set(name, { start: end, length: lengths[name] });
      end += ALIGNMENT * Math.ceil(lengths[name] / ALIGNMENT);
    }
    this.#stretches = stretches;
    this.#seedsStart = end;
    this.length = end + ALIGNMENT * dropoutSites(model);
  }

  /** Where one of the inputs lies. */
  stretch(name: InputName): Stretch {
    const stretch = this.#stretches.get(name);
    if (stretch === undefined) throw new StudioError('internal', `no input ${name}`);
    return stretch;
  }

  /** Where the seed of a place lies at which units are dropped. @param site 0 for the embeddings, then three a layer */
  seed(site: number): Stretch {
    return { start: this.#seedsStart + ALIGNMENT * site, length: 1 };
  }

  /**
   * Packs a batch.
   * @param totalWeight see `totalWeightOf`
   * @param dropoutSeed of this batch in this step
   */
  pack(target: PackTarget, batch: Batch, totalWeight: number, dropoutSeed: number, scalars: StepScalars): void {
    const index = this.#packInput(target, batch);
    this.#view(target, 'wordStarts').set(index.words.starts);
    this.#view(target, 'wordUses').set(index.words.places);
    this.#view(target, 'placeStarts').set(index.places.starts);
    this.#view(target, 'placeUses').set(index.places.places);
    this.#packTargets(target, batch, totalWeight);
    const { start } = this.stretch('scalars');
    target.floats.set([scalars.keep, scalars.stepSize, scalars.secondScale, scalars.slot], start);
    for (let site = 0; site < dropoutSites(this.#model); site++) {
      target.uints[this.#seedsStart + ALIGNMENT * site] = deriveSeed(dropoutSeed, site);
    }
  }

  /** Packs what a forward pass without dropout reads. @param positions rows that the head reads, M at most */
  packForward(target: PackTarget, input: ModelInput, positions: Int32Array): void {
    this.#packInput(target, input);
    this.#view(target, 'positions').fill(0).set(positions);
  }

  #packInput(target: PackTarget, input: ModelInput): InputIndex {
    const index = indexInput(input, this.#vocabSize, this.#model.maxPositionEmbeddings);
    this.#view(target, 'ids').set(input.inputIds);
    this.#view(target, 'places').set(index.places.ids);
    this.#view(target, 'attended').set(input.attentionMask);
    return index;
  }

  #packTargets(target: PackTarget, batch: Batch, totalWeight: number): void {
    const { maskedPositions, maskedWeights, labels } = batch;
    const weights = this.stretch('weights');
    const rowOf = this.#view(target, 'maskedRowOf').fill(-1);
    const positions = this.#view(target, 'positions').fill(0);
    const targets = this.#view(target, 'labels').fill(0);
    target.floats.fill(0, weights.start, weights.start + this.#sizes.maskedRows);
    for (const [row, position] of maskedPositions.entries()) {
      const weight = maskedWeights[row] ?? 0;
      positions[row] = position;
      targets[row] = labels[position] ?? 0;
      target.floats[weights.start + row] = weight / totalWeight;
      // Rows of weight 0 have gradient 0; several of them may name the same position. NaN counts as a weight.
      if (weight !== 0) rowOf[position] = row;
    }
  }

  #view(target: PackTarget, name: InputName): Int32Array {
    const { start, length } = this.stretch(name);
    return target.ints.subarray(start, start + length);
  }
}

function lengthsOf(model: ModelConfig, vocabSize: number, sizes: BatchSizes): Record<InputName, number> {
  const { rows, columns, maskedRows: M } = sizes;
  const N = rows * columns;
  return {
    ids: N,
    places: N,
    attended: N,
    wordStarts: vocabSize + 1,
    wordUses: N,
    placeStarts: model.maxPositionEmbeddings + 1,
    placeUses: N,
    positions: M,
    labels: M,
    weights: M,
    maskedRowOf: N,
    scalars: 4,
  };
}
