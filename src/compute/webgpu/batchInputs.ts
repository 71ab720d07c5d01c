/** A packed batch on the device, uploaded at once. */
import type { ModelConfig } from '../../core/config.ts';
import type { Graph } from '../../model/graph.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { BatchPacking, type StepScalars } from '../step/batchPacking.ts';
import { stretchIn } from '../step/parameterLayout.ts';
import { createRange, type Range } from './plan.ts';

export class BatchInputs {
  readonly #packing: BatchPacking;
  readonly #buffer: GPUBuffer;
  readonly #ints: Int32Array<ArrayBuffer>;

  constructor(device: GPUDevice, graph: Graph, model: ModelConfig, vocabSize: number) {
    this.#packing = new BatchPacking(graph, model, vocabSize);
    const { buffer, length } = createRange(device, this.#packing.length);
    this.#buffer = buffer;
    this.#ints = new Int32Array(length);
  }

  get bytes(): number {
    return this.#buffer.size;
  }

  /** Where kernels find one of the inputs. */
  range(name: string): Range {
    return { buffer: this.#buffer, ...stretchIn(this.#packing, name) };
  }

  /** The seed of one place where units are dropped. */
  seed(site: number): Range {
    return { buffer: this.#buffer, ...this.#packing.seed(site) };
  }

  /** Packs and uploads a batch. See `BatchPacking.pack`. */
  upload(
    queue: GPUQueue,
    batch: Batch,
    totalWeight: number,
    dropoutSeed: number,
    scalars: StepScalars,
    slot: number,
  ): void {
    this.#packing.pack(this.#ints, batch, totalWeight, dropoutSeed, scalars, slot);
    queue.writeBuffer(this.#buffer, 0, this.#ints);
  }

  dispose(): void {
    this.#buffer.destroy();
  }
}
