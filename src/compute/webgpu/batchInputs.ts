/** A packed batch on the device, uploaded at once. */
import type { ModelConfig } from '../../core/config.ts';
import type { Graph } from '../../model/graph.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { BatchPacking, type StepScalars } from '../step/batchPacking.ts';
import { stretchIn } from '../step/parameterLayout.ts';
import { Buffers, type Range } from './plan.ts';

export class BatchInputs extends Buffers {
  readonly #packing: BatchPacking;
  readonly #buffer: GPUBuffer;
  readonly #ints: Int32Array<ArrayBuffer>;

  constructor(device: GPUDevice, graph: Graph, model: ModelConfig, vocabSize: number) {
    super(device);
    this.#packing = new BatchPacking(graph, model, vocabSize);
    const { buffer, length } = this.buffer(this.#packing.length);
    this.#buffer = buffer;
    this.#ints = new Int32Array(length);
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
  upload(batch: Batch, totalWeight: number, dropoutSeed: number, scalars: StepScalars, slot: number): void {
    this.#packing.pack(this.#ints, batch, totalWeight, dropoutSeed, scalars, slot);
    this.device.queue.writeBuffer(this.#buffer, 0, this.#ints);
  }
}
