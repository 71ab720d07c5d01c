/**
 * RoBERTa on the processor: our own kernels over one memory and all threads, in the place of tfjs's wasm backend. An engine
 * belongs to a model, holds its parameters, and answers for logits; `compute/wasm/executor.ts` trains in the same memory.
 */
import * as tf from '@tensorflow/tfjs';
import type { Graph } from '../../model/graph.ts';
import { networkOf } from '../../model/parameters.ts';
import { type BatchSizes, type Purpose, roberta } from '../../model/roberta.ts';
import { paddedLength, type Shape, sizeOf } from '../../model/value.ts';
import type { ModelInput } from '../model/inputs.ts';
import { FlatCopy, type ParameterOwner, type Readings } from '../model/parameterHolder.ts';
import { BatchPacking } from '../step/batchPacking.ts';
import { flattenParameters, layOutParameters, namedParameters, type ParameterLayout } from '../step/parameterLayout.ts';
import { isFused } from '../tfjs/kernels/fusion.ts';
import { compiledKernels } from './kernels.ts';
import { type Writing, writeProgram } from './lowering.ts';
import { CpuMemory, PART_BYTES, type Part } from './memory.ts';
import { type BuiltProgram, ProgramBuilder } from './programBuilder.ts';
import { HEADER_BYTES } from './thread.ts';
import { ThreadChoice } from './threadChoice.ts';
import { type Program, Threads, usableThreads } from './threads.ts';

/** Scratch of a product: a panel and a tile; see `assembly/gemm.ts`. */
const PRODUCT_SCRATCH_BYTES = 32 * 512 + 128;
/** Masked rows of a program for evaluation are a multiple of it, so that batches share programs. */
const ROWS_STEP = 32;

/** A graph as a program, with the memory of its batch. */
export interface BuiltGraph {
  readonly graph: Graph;
  readonly program: BuiltProgram;
  readonly packing: BatchPacking;
  readonly inputs: Part;
  /** Addresses by name. */
  readonly outputs: Readonly<Record<string, number>>;
}

/** Forward passes for batches of one shape. */
interface ForwardProgram extends BuiltGraph {
  readonly sizes: BatchSizes;
  readonly purpose: Purpose;
}

const engines = new WeakMap<ParameterOwner, CpuEngine>();

/** The engine of a model, if it is to compute on the processor with our own kernels. */
export function cpuEngineOf(model: ParameterOwner): CpuEngine | null {
  if (tf.getBackend() !== 'wasm' || !isFused()) return null;
  const compiled = compiledKernels();
  if (compiled === null) return null;
  const engine = engines.get(model) ?? new CpuEngine(model, compiled.module, usableThreads());
  engines.set(model, engine);
  model.lendParameters(engine.copy);
  return engine;
}

/** Ends the threads of a model's engine, if it has one. */
export function disposeCpuEngine(model: ParameterOwner): void {
  engines.get(model)?.threads.dispose();
  engines.delete(model);
}

export class CpuEngine {
  readonly memory = new CpuMemory(HEADER_BYTES);
  readonly threads: Threads;
  readonly layout: ParameterLayout;
  readonly parameters: Part;
  readonly copy = new FlatCopy(
    () => this.#readVariables(),
    () => this.#writeVariables(),
  );
  readonly #model: ParameterOwner;
  readonly #choice = new ThreadChoice();
  #forward: ForwardProgram | null = null;
  #scratch: Part | null = null;

  /** @param model borrowed: it outlives the engine */
  constructor(model: ParameterOwner, module: WebAssembly.Module, threads: number) {
    this.#model = model;
    this.layout = layOutParameters(networkOf(model.config, model.vocabSize));
    this.parameters = this.memory.take(4 * this.layout.length);
    this.threads = new Threads(module, this.memory.memory, threads);
  }

  /** Runs a program over the parameters. @param changes whether it changes them */
  run(program: Program, changes: boolean): void {
    this.copy.refresh();
    const { scratchBytes } = program;
    const wanted = scratchBytes * this.threads.count;
    if (this.#scratch === null || this.#scratch.bytes < wanted) {
      if (this.#scratch !== null) this.memory.give(this.#scratch);
      this.#scratch = this.memory.take(wanted);
    }
    const threads = this.#choice.choose(program, this.threads.count);
    const startedMs = performance.now();
    this.threads.run(program, this.#scratch, threads);
    this.#choice.note(program, threads, performance.now() - startedMs);
    if (changes) this.copy.changed();
  }

  /** See `Roberta.infer`. */
  infer(input: ModelInput, positions: Int32Array | null): Readings {
    const { rows, columns } = input;
    const sizes = { rows, columns, maskedRows: positions?.length ?? 0 };
    const built = this.#programFor(sizes, positions === null ? 'inside' : 'inference');
    built.packing.packForward(this.memory.ints(built.inputs), input, positions);
    this.run(built.program, false);
    const outputs = Object.entries(built.graph.outputs).map(([name, { shape }]) => [
      name,
      this.#read(built.outputs[name] ?? 0, name === 'logits' ? [sizes.maskedRows, ...shape.slice(1)] : shape),
    ]);
    return Object.fromEntries(outputs);
  }

  /** Builds a program over the parameters. @param training without it, the graph has no gradients */
  build(graph: Graph, columns: number, training: Pick<Writing, 'gradients' | 'accumulate'> = {}): BuiltGraph {
    const packing = new BatchPacking(graph, this.#model.config, this.#model.vocabSize);
    const inputs = this.memory.take(4 * packing.length);
    const program = new ProgramBuilder(this.memory);
    const addresses = { parameters: this.parameters.address, inputs: inputs.address };
    const outputs = writeProgram(graph, { program, layout: this.layout, packing, ...addresses, ...training });
    const scratchBytes = PART_BYTES * Math.ceil((PRODUCT_SCRATCH_BYTES + 8 * columns * columns) / PART_BYTES);
    return { graph, program: program.finish(scratchBytes), packing, inputs, outputs };
  }

  #writeVariables(): void {
    const values = namedParameters(this.layout, this.#model.specs, this.memory.floats(this.parameters));
    tf.tidy(() => {
      for (const { name, shape } of this.#model.specs) {
        this.#model.parameter(name).assign(tf.tensor(values.get(name) ?? [], [...shape], 'float32'));
      }
    });
  }

  #readVariables(): void {
    const { specs } = this.#model;
    const values = new Map(specs.map(({ name }) => [name, this.#model.parameter(name).dataSync<'float32'>()]));
    this.memory.floats(this.parameters).set(flattenParameters(this.layout, specs, values));
  }

  /** A copy of rows without the columns that pad them. */
  #read(address: number, shape: Shape): Float32Array {
    const width = shape.at(-1) ?? 1;
    const stride = shape.length === 2 ? paddedLength(width) : width;
    const rows = sizeOf(shape) / width;
    const read = (from: number, length: number) =>
      this.memory.floats({ address: address + 4 * from, bytes: 4 * length });
    if (stride === width) return read(0, rows * width).slice();
    const copy = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) copy.set(read(row * stride, width), row * width);
    return copy;
  }

  /** One program at a time is kept: batches mostly have one shape. */
  #programFor(wanted: BatchSizes, purpose: Purpose): ForwardProgram {
    const last = this.#forward;
    const same = last?.sizes.rows === wanted.rows && last.sizes.columns === wanted.columns && last.purpose === purpose;
    if (last && same && wanted.maskedRows <= last.sizes.maskedRows) return last;
    if (last) for (const part of [...last.program.parts, last.inputs]) this.memory.give(part);
    const sizes = { ...wanted, maskedRows: ROWS_STEP * Math.ceil(wanted.maskedRows / ROWS_STEP) };
    const { config, vocabSize } = this.#model;
    this.#forward = { sizes, purpose, ...this.build(roberta(config, vocabSize, sizes, purpose), sizes.columns) };
    return this.#forward;
  }
}
