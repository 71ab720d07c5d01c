/**
 * Steps as one recorded list of our own dispatches, one submission a batch. Parameters live in one flat buffer and are copied
 * into the model's variables when somebody reads them.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TrainingConfig } from '../../core/config.ts';
import type { KernelStyle } from '../../core/device.ts';
import { StudioError } from '../../core/errors.ts';
import { deriveSeed } from '../../core/rng.ts';
import type { Graph } from '../../model/graph.ts';
import { networkOf } from '../../model/parameters.ts';
import type { Batch } from '../../text/batches/batch.ts';
import type { Executor, FlatName } from '../executor.ts';
import { FlatCopy } from '../model/parameterHolder.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { type StepScalars, totalWeightOf } from '../step/batchPacking.ts';
import { layOutParameters, type ParameterLayout } from '../step/parameterLayout.ts';
import { BatchInputs } from './batchInputs.ts';
import { adamW, squareParts, stepControl } from './kernels/optimizer.ts';
import { recordBatch } from './lowering.ts';
import { type Buffers, Plan, type Range } from './plan.ts';
import { RING_STEPS, TrainingState } from './trainingState.ts';
import { readBuffer, readVariables, writeVariables } from './variables.ts';

/** Parts in which the gradients' squares are summed. */
const SQUARE_PARTS: Readonly<Record<KernelStyle, number>> = { single: 256, shared: 1024 };

/** Everything that is built once for batches of one shape. */
interface Program {
  readonly inputs: BatchInputs;
  /** Forward and backward pass of one batch. */
  readonly batch: Plan;
  /** Global norm, clipping and AdamW. */
  readonly update: Plan;
  readonly figures: Range; // [2M]
}

export class WebgpuExecutor implements Executor {
  readonly worksMeanwhile = true;
  readonly #model: Roberta;
  readonly #config: TrainingConfig;
  readonly #backend: WebGPUBackend;
  readonly #style: KernelStyle;
  readonly #state: TrainingState;
  #program: Program | null = null;
  /** Steps whose figures were not read. */
  #unread = 0;
  /** Reads of the whole ring, of steps for whose figures nobody asked while it held them. */
  #reads: Promise<Float32Array>[] = [];
  /** What the ring was read through, for the next time; null once there is none: a read may end after the run. */
  #idle: GPUBuffer[] | null = [];
  readonly #copy = new FlatCopy(
    () => readVariables(this.#backend, this.#model, this.#state),
    () => writeVariables(this.#backend, this.#model, this.#state),
  );

  /** @param model borrowed, and its parameters with it */
  constructor(model: Roberta, config: TrainingConfig, backend: WebGPUBackend, style: KernelStyle) {
    this.#model = model;
    this.#config = config;
    this.#backend = backend;
    this.#style = style;
    this.#state = new TrainingState(backend.device, layOutParameters(networkOf(model.config, model.vocabSize)));
    model.lendParameters(this.#copy);
  }

  get layout(): ParameterLayout {
    return this.#state.layout;
  }

  get bytes(): number {
    return [this.#state, ...this.#ofProgram()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  prepare(graph: Graph): void {
    this.#freeProgram();
    const { device } = this.#backend;
    const { config: model, vocabSize } = this.#model;
    const inputs = new BatchInputs(device, graph, model, vocabSize);
    const batch = new Plan(device);
    const [style, state, accumulate] = [this.#style, this.#state, this.#config.gradientAccumulation > 1];
    const { figures } = recordBatch(graph, { plan: batch, style, state, inputs, accumulate });
    if (figures === undefined) throw new StudioError('internal', 'a step without figures');
    this.#program = { inputs, batch, update: this.#recordUpdate(inputs.range('scalars'), figures), figures };
  }

  run(batches: readonly Batch[], stepSeed: number, scalars: StepScalars): void {
    if (this.#program === null) throw new StudioError('internal', 'no program');
    this.#copy.refresh();
    // Somebody who asks for no figures gets them all the same, in the end.
    if (this.#unread === RING_STEPS * (this.#reads.length + 1)) this.#reads.push(this.#readRing());
    const { device } = this.#backend;
    const { inputs, batch: plan, update, figures } = this.#program;
    const totalWeight = totalWeightOf(batches);
    for (const [index, batch] of batches.entries()) {
      const seed = deriveSeed(stepSeed, index);
      inputs.upload(batch, totalWeight, seed, scalars, this.#unread % RING_STEPS);
      const encoder = device.createCommandEncoder();
      if (this.#config.gradientAccumulation > 1 && index === 0) {
        encoder.clearBuffer(this.#state.gradients.buffer);
        encoder.clearBuffer(figures.buffer);
      }
      plan.encode(encoder);
      if (index === batches.length - 1) update.encode(encoder);
      device.queue.submit([encoder.finish()]);
    }
    this.#unread++;
    this.#copy.changed();
  }

  async readFigures(): Promise<Float32Array> {
    const reads = [...this.#reads, this.#readRing()];
    this.#reads = [];
    this.#unread = 0;
    const parts = await Promise.all(reads);
    return Float32Array.from(parts.flatMap((part) => [...part]));
  }

  read(names: readonly FlatName[]): Promise<Float32Array[]> {
    this.#copy.refresh();
    return Promise.all(names.map((name) => readBuffer(this.#backend.device, this.#state[name].buffer)));
  }

  write(first: Float32Array<ArrayBuffer>, second: Float32Array<ArrayBuffer>, healthy: boolean): void {
    const { queue } = this.#backend.device;
    queue.writeBuffer(this.#state.first.buffer, 0, first);
    queue.writeBuffer(this.#state.second.buffer, 0, second);
    queue.writeBuffer(this.#state.control.buffer, 0, Float32Array.of(1, healthy ? 1 : 0));
  }

  /** Hands the parameters back to the model and frees everything else. */
  dispose(): void {
    this.#model.takeBackParameters(this.#copy);
    this.#freeProgram();
    for (const buffer of this.#idle ?? []) buffer.destroy();
    this.#idle = null;
    this.#state.dispose();
  }

  #readRing(): Promise<Float32Array> {
    const keep = (read: GPUBuffer): unknown => (this.#idle === null ? read.destroy() : this.#idle.push(read));
    return readBuffer(this.#backend.device, this.#state.ring.buffer, this.#idle?.pop(), keep);
  }

  #recordUpdate(scalars: Range, figures: Range): Plan {
    const plan = new Plan(this.#backend.device);
    const parts = plan.buffer(SQUARE_PARTS[this.#style]);
    const { gradients, control, ring, layout } = this.#state;
    plan.add(squareParts(this.#style, gradients, parts));
    const ranges = { parts, figures, scalars, control, ring };
    plan.add(stepControl(this.#style, figures.length / 2, this.#config.clipNorm, ranges));
    plan.add(adamW(this.#config, layout.decayedLength, { ...this.#state, scalars }));
    return plan;
  }

  #freeProgram(): void {
    for (const buffers of this.#ofProgram()) buffers.dispose();
    this.#program = null;
  }

  #ofProgram(): Buffers[] {
    return this.#program === null ? [] : [this.#program.inputs, this.#program.batch, this.#program.update];
  }
}
