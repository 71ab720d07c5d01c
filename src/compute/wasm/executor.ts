/** Steps as programs of our own kernels, in the memory of a model's engine. */
import type { TrainingConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { deriveSeed } from '../../core/rng.ts';
import type { Graph } from '../../model/graph.ts';
import type { BatchSizes } from '../../model/roberta.ts';
import type { Batch } from '../../text/batches/batch.ts';
import type { Executor, FlatName } from '../executor.ts';
import { type StepScalars, totalWeightOf } from '../step/batchPacking.ts';
import type { ParameterLayout } from '../step/parameterLayout.ts';
import type { BuiltGraph, CpuEngine } from './engine.ts';
import type { Part } from './memory.ts';
import { type BuiltProgram, floatBits, ProgramBuilder } from './programBuilder.ts';

/** Numbers whose squares are summed into one part; see `assembly/sums.ts`. */
const SQUARES = 4096;

/** Everything that is built once for batches of one shape. */
interface Program extends BuiltGraph {
  readonly update: BuiltProgram;
  readonly figures: Part; // [2M]
}

export class WasmExecutor implements Executor {
  readonly worksMeanwhile = false;
  readonly #engine: CpuEngine;
  readonly #config: TrainingConfig;
  /** Parts of the memory that outlive a batch's shape. */
  readonly #flat: Readonly<Record<FlatName, Part>>;
  /** See `adamW` in `assembly/elementwise.ts`. */
  readonly #scalars: Part;
  /** [loss, accuracy, gradient norm] of the last step. */
  readonly #report: Part;
  #program: Program | null = null;
  #figures: number[] = [];

  /** @param engine borrowed: it outlives the executor */
  constructor(config: TrainingConfig, engine: CpuEngine) {
    this.#engine = engine;
    this.#config = config;
    const take = (length: number): Part => engine.memory.take(4 * length);
    const flat = (): Part => take(engine.layout.length);
    this.#flat = { parameters: engine.parameters, gradients: flat(), first: flat(), second: flat(), control: take(2) };
    this.#scalars = take(8);
    this.#report = take(3);
    engine.memory.floats(this.#flat.control).set([1, 1]);
  }

  get layout(): ParameterLayout {
    return this.#engine.layout;
  }

  /** Of the memory that engine and executor compute in. */
  get bytes(): number {
    return this.#engine.memory.bytes;
  }

  prepare(graph: Graph, sizes: BatchSizes): void {
    this.#freeProgram();
    const built = this.#engine.build(graph, sizes.columns, {
      gradients: this.#flat.gradients.address,
      accumulate: this.#config.gradientAccumulation > 1,
    });
    const figures = { address: built.outputs['figures'] ?? 0, bytes: 8 * sizes.maskedRows };
    this.#program = { ...built, update: this.#buildUpdate(sizes, figures), figures };
  }

  run(batches: readonly Batch[], stepSeed: number, scalars: StepScalars): void {
    if (this.#program === null) throw new StudioError('internal', 'no program');
    const { memory } = this.#engine;
    const { packing, inputs, program, update, figures } = this.#program;
    const { beta1, beta2, epsilon } = this.#config;
    const { keep, stepSize, secondScale } = scalars;
    memory.floats(this.#scalars).set([keep, stepSize, secondScale, beta1, 1 - beta1, beta2, 1 - beta2, epsilon]);
    const totalWeight = totalWeightOf(batches);
    if (batches.length > 1) for (const part of [this.#flat.gradients, figures]) memory.floats(part).fill(0);
    for (const [index, batch] of batches.entries()) {
      packing.pack(memory.ints(inputs), batch, totalWeight, deriveSeed(stepSeed, index), scalars, 0);
      this.#engine.run(program, false);
    }
    this.#engine.run(update, true);
    const [loss = 0, accuracy = 0, norm = 0] = memory.floats(this.#report);
    this.#figures.push(loss, accuracy, norm, 0);
  }

  readFigures(): Promise<Float32Array> {
    const figures = Float32Array.from(this.#figures);
    this.#figures = [];
    return Promise.resolve(figures);
  }

  read(names: readonly FlatName[]): Promise<Float32Array[]> {
    this.#engine.copy.refresh();
    return Promise.resolve(names.map((name) => this.#engine.memory.floats(this.#flat[name]).slice()));
  }

  write(first: Float32Array, second: Float32Array, healthy: boolean): void {
    const { memory } = this.#engine;
    memory.floats(this.#flat.first).set(first);
    memory.floats(this.#flat.second).set(second);
    memory.floats(this.#flat.control).set([1, healthy ? 1 : 0]);
  }

  dispose(): void {
    this.#freeProgram();
    const { parameters: _, ...own } = this.#flat;
    for (const part of [...Object.values(own), this.#scalars, this.#report]) this.#engine.memory.give(part);
  }

  #freeProgram(): void {
    if (this.#program === null) return;
    const { program, update, inputs } = this.#program;
    for (const part of [...program.parts, ...update.parts, inputs]) this.#engine.memory.give(part);
    this.#program = null;
  }

  /** Global norm, clipping and AdamW. */
  #buildUpdate({ maskedRows }: BatchSizes, figures: Part): BuiltProgram {
    const { memory, layout } = this.#engine;
    const { parameters, gradients, first, second, control } = this.#flat;
    const builder = new ProgramBuilder(memory);
    const partCount = Math.ceil(layout.length / SQUARES);
    const parts = builder.buffer(partCount);
    const clip = floatBits(this.#config.clipNorm);
    builder.add('squareBlocks', partCount, 1, layout.length, gradients.address, parts);
    const sums = [maskedRows, figures.address, partCount, parts] as const;
    builder.add('stepControl', 1, 1, ...sums, clip, control.address, this.#report.address);
    const flat = [parameters, gradients, first, second].map(({ address }) => address);
    const decayed = layout.decayedLength;
    builder.add('adamW', layout.length / 4, 64, decayed, ...flat, control.address, this.#scalars.address);
    return builder.finish(0);
  }
}
