/** Everything that changes from one batch to the next, packed on the CPU into one array and uploaded at once. */
import type { ModelConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import type { Batch } from '../../core/pipeline/batches.ts';
import { deriveSeed } from '../../core/rng.ts';
import { indexInput } from '../model/inputs.ts';
import { ALIGNMENT, createRange, type Range } from './plan.ts';

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
type Name = (typeof NAMES)[number];

/** Places where units are dropped: after the embeddings, and three in each layer. */
function dropoutSites(model: ModelConfig): number {
  return 1 + 3 * model.numHiddenLayers;
}

export class BatchInputs {
  readonly #model: ModelConfig;
  readonly #vocabSize: number;
  readonly #sizes: BatchSizes;
  readonly #starts: ReadonlyMap<Name, Range>;
  readonly #seedsStart: number;
  readonly #buffer: GPUBuffer;
  readonly #ints: Int32Array<ArrayBuffer>;
  readonly #uints: Uint32Array<ArrayBuffer>;
  readonly #floats: Float32Array<ArrayBuffer>;

  constructor(device: GPUDevice, model: ModelConfig, vocabSize: number, sizes: BatchSizes) {
    this.#model = model;
    this.#vocabSize = vocabSize;
    this.#sizes = sizes;
    const lengths = lengthsOf(model, vocabSize, sizes);
    let end = 0;
    const places = NAMES.map((name) => {
      const start = end;
      end += ALIGNMENT * Math.ceil(lengths[name] / ALIGNMENT);
      return { name, start };
    });
    this.#seedsStart = end;
    const { buffer, length } = createRange(device, end + ALIGNMENT * dropoutSites(model));
    this.#buffer = buffer;
    this.#starts = new Map(places.map(({ name, start }) => [name, { buffer, start, length: lengths[name] }]));
    this.#ints = new Int32Array(length);
    this.#uints = new Uint32Array(this.#ints.buffer);
    this.#floats = new Float32Array(this.#ints.buffer);
  }

  get bytes(): number {
    return this.#buffer.size;
  }

  /** Where kernels find one of the inputs. */
  range(name: Name): Range {
    const range = this.#starts.get(name);
    if (range === undefined) throw new StudioError('internal', `no input ${name}`);
    return range;
  }

  /** The seed of one place where units are dropped. @param site 0 for the embeddings, then three a layer */
  seed(site: number): Range {
    return { buffer: this.#buffer, start: this.#seedsStart + ALIGNMENT * site, length: 1 };
  }

  /**
   * Packs and uploads a batch.
   * @param totalWeight sum of the weights over the step's batches
   * @param dropoutSeed of this batch in this step
   */
  upload(queue: GPUQueue, batch: Batch, totalWeight: number, dropoutSeed: number, scalars: StepScalars): void {
    const index = indexInput(batch, this.#vocabSize, this.#model.maxPositionEmbeddings);
    this.#view('ids').set(batch.inputIds);
    this.#view('places').set(index.places.ids);
    this.#view('attended').set(batch.attentionMask);
    this.#view('wordStarts').set(index.words.starts);
    this.#view('wordUses').set(index.words.places);
    this.#view('placeStarts').set(index.places.starts);
    this.#view('placeUses').set(index.places.places);
    this.#packTargets(batch, totalWeight);
    const start = this.range('scalars').start;
    this.#floats.set([scalars.keep, scalars.stepSize, scalars.secondScale, scalars.slot], start);
    for (let site = 0; site < dropoutSites(this.#model); site++) {
      this.#uints[this.#seedsStart + ALIGNMENT * site] = deriveSeed(dropoutSeed, site);
    }
    queue.writeBuffer(this.#buffer, 0, this.#ints);
  }

  dispose(): void {
    this.#buffer.destroy();
  }

  #packTargets(batch: Batch, totalWeight: number): void {
    const { maskedPositions, maskedWeights, labels } = batch;
    const { maskedRows } = this.#sizes;
    const weightsStart = this.range('weights').start;
    const rowOf = this.#view('maskedRowOf').fill(-1);
    const positions = this.#view('positions').fill(0);
    const targets = this.#view('labels').fill(0);
    this.#floats.fill(0, weightsStart, weightsStart + maskedRows);
    for (const [row, position] of maskedPositions.entries()) {
      const weight = maskedWeights[row] ?? 0;
      positions[row] = position;
      targets[row] = labels[position] ?? 0;
      this.#floats[weightsStart + row] = weight / totalWeight;
      // Rows of weight 0 have gradient 0; several of them may name the same position. NaN counts as a weight.
      if (weight !== 0) rowOf[position] = row;
    }
  }

  #view(name: Name): Int32Array {
    const { start, length } = this.range(name);
    return this.#ints.subarray(start, start + length);
  }
}

function lengthsOf(model: ModelConfig, vocabSize: number, sizes: BatchSizes): Record<Name, number> {
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
