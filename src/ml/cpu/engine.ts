/**
 * RoBERTa on the processor: our own kernels over one memory and all threads, in the place of tfjs's wasm backend. An engine
 * belongs to a model, holds its parameters, and answers for logits; `cpuTrainer.ts` trains in the same memory.
 */
import * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { sizeOf } from '../../model/value.ts';
import { isFused } from '../kernels/fusion.ts';
import type { ParameterHolder, ParameterOwner } from '../model/parameterHolder.ts';
import { BatchPacking, type BatchSizes } from '../step/batchPacking.ts';
import { layOutParameters, type ParameterLayout } from '../step/parameterLayout.ts';
import { addForwardPass } from './forwardPass.ts';
import { compiledKernels } from './kernels.ts';
import { CpuMemory, type Part } from './memory.ts';
import { type BuiltProgram, ProgramBuilder } from './programBuilder.ts';
import type { StepContext } from './stepContext.ts';
import { HEADER_BYTES } from './thread.ts';
import { ThreadChoice } from './threadChoice.ts';
import { type Program, Threads, usableThreads } from './threads.ts';

/** Scratch of a product: a panel and a tile; see `assembly/gemm.ts`. */
const PRODUCT_SCRATCH_BYTES = 32 * 512 + 128;
/** Masked rows of a program for evaluation are a multiple of it, so that batches share programs. */
const ROWS_STEP = 32;

/** Forward passes for batches of one shape. */
interface Inference {
  readonly sizes: BatchSizes;
  readonly packing: BatchPacking;
  readonly inputs: Part;
  readonly program: BuiltProgram;
  /** Address of [M, V padded]. */
  readonly logits: number;
}

/** Whether every size is one that the kernels, which read four numbers at a time, can do. */
function fits({ hiddenSize, numAttentionHeads, intermediateSize }: ModelConfig): boolean {
  return (hiddenSize / numAttentionHeads) % 4 === 0 && intermediateSize % 4 === 0;
}

const engines = new WeakMap<ParameterOwner, CpuEngine>();

/** The engine of a model, if it is to compute on the processor with our own kernels. */
export function cpuEngineOf(model: ParameterOwner): CpuEngine | null {
  if (tf.getBackend() !== 'wasm' || !isFused() || !fits(model.config)) return null;
  const compiled = compiledKernels();
  if (compiled === null) return null;
  const engine = engines.get(model) ?? new CpuEngine(model, compiled.module, usableThreads());
  engines.set(model, engine);
  engine.borrowParameters();
  return engine;
}

/** Ends the threads of a model's engine, if it has one. */
export function disposeCpuEngine(model: ParameterOwner): void {
  engines.get(model)?.threads.dispose();
  engines.delete(model);
}

export class CpuEngine implements ParameterHolder {
  readonly memory = new CpuMemory(HEADER_BYTES);
  readonly threads: Threads;
  readonly layout: ParameterLayout;
  /** The flat parameters. */
  readonly parameters: Part;
  readonly #model: ParameterOwner;
  readonly #choice = new ThreadChoice();
  #inference: Inference | null = null;
  #scratch: Part | null = null;
  #isLent = false;
  /** The flat parameters are newer than the model's variables. */
  #isAhead = false;
  /** The model's variables are newer than the flat parameters. */
  #isBehind = true;

  /** @param model borrowed: it outlives the engine */
  constructor(model: ParameterOwner, module: WebAssembly.Module, threads: number) {
    this.#model = model;
    this.layout = layOutParameters(model.config, model.vocabSize);
    this.parameters = this.memory.take(4 * this.layout.length);
    this.threads = new Threads(module, this.memory.memory, threads);
  }

  /** Takes the parameters from the model, unless it has them already. */
  borrowParameters(): void {
    if (this.#isLent) return;
    this.#model.lendParameters(this);
    this.#isLent = true;
    this.#isBehind = true;
  }

  /** Runs a program over the parameters. @param changes whether it changes them */
  run(program: Program, changes: boolean): void {
    this.#refresh();
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
    if (changes) this.#isAhead = true;
  }

  /**
   * Logits in inference mode.
   * @param positions rows to read, as b·T + t; [M]
   * @returns [M, V]
   */
  logitsForRows(
    inputIds: Int32Array,
    attentionMask: Int32Array,
    rows: number,
    columns: number,
    positions: Int32Array,
  ): Float32Array {
    const inference = this.#inferenceFor({ rows, columns, maskedRows: positions.length });
    inference.packing.packForward(
      this.packTarget(inference.inputs),
      { inputIds, attentionMask, rows, columns },
      positions,
    );
    this.run(inference.program, false);
    const { vocabSize } = this.#model;
    const padded = this.layout.paddedVocabSize;
    const logits = new Float32Array(this.memory.memory.buffer, inference.logits, positions.length * padded);
    const values = new Float32Array(positions.length * vocabSize);
    for (let row = 0; row < positions.length; row++) {
      values.set(logits.subarray(row * padded, row * padded + vocabSize), row * vocabSize);
    }
    return values;
  }

  /** Views of a packed batch. */
  packTarget(part: Part): { ints: Int32Array; uints: Uint32Array; floats: Float32Array } {
    const { buffer } = this.memory.memory;
    return {
      ints: this.memory.ints(part),
      uints: new Uint32Array(buffer, part.address, part.bytes / 4),
      floats: this.memory.floats(part),
    };
  }

  /** What every program of this engine is built from. */
  context(
    program: ProgramBuilder,
    packing: BatchPacking,
    inputs: Part,
    sizes: BatchSizes,
  ): Omit<StepContext, 'gradients' | 'training' | 'accumulate' | 'labelSmoothing'> {
    const { config: model, vocabSize } = this.#model;
    const { layout, parameters } = this;
    return {
      program,
      model,
      vocabSize,
      layout,
      parameters: parameters.address,
      sizes,
      packing,
      inputs: inputs.address,
    };
  }

  /** Scratch memory that a thread needs for rows of T columns. */
  scratchBytes(columns: number): number {
    return 256 * Math.ceil((PRODUCT_SCRATCH_BYTES + 8 * columns * columns) / 256);
  }

  /** See `ParameterHolder`. */
  writeBack(): void {
    if (!this.#isAhead) return;
    // First of all: writing asks the model for its variables, which asks here.
    this.#isAhead = false;
    const values = this.memory.floats(this.parameters);
    tf.tidy(() => {
      for (const { name, shape } of this.#model.specs) {
        const start = this.#startOf(name);
        this.#model
          .parameter(name)
          .assign(tf.tensor(values.slice(start, start + sizeOf(shape)), [...shape], 'float32'));
      }
    });
  }

  /** See `ParameterHolder`. */
  invalidate(): void {
    this.#isAhead = false;
    this.#isBehind = true;
  }

  /** See `ParameterHolder`. */
  returned(): void {
    this.#isLent = false;
  }

  /** Brings the flat parameters up to date. */
  #refresh(): void {
    if (!this.#isBehind) return;
    this.#isBehind = false;
    const values = this.memory.floats(this.parameters);
    for (const { name } of this.#model.specs) {
      values.set(this.#model.parameter(name).dataSync<'float32'>(), this.#startOf(name));
    }
  }

  #startOf(name: string): number {
    const start = this.layout.startOf.get(name);
    if (start === undefined) throw new StudioError('internal', `no parameter ${name}`, { name });
    return start;
  }

  #inferenceFor(wanted: BatchSizes): Inference {
    const last = this.#inference;
    const same = last?.sizes.rows === wanted.rows && last.sizes.columns === wanted.columns;
    if (last && same && wanted.maskedRows <= last.sizes.maskedRows) return last;
    if (last) for (const part of [...last.program.parts, last.inputs]) this.memory.give(part);
    const sizes = { ...wanted, maskedRows: ROWS_STEP * Math.ceil(wanted.maskedRows / ROWS_STEP) };
    const packing = new BatchPacking(this.#model.config, this.#model.vocabSize, sizes);
    const inputs = this.memory.take(4 * packing.length);
    const builder = new ProgramBuilder(this.memory);
    const common = this.context(builder, packing, inputs, sizes);
    const { outer } = addForwardPass({
      ...common,
      gradients: 0,
      training: false,
      accumulate: false,
      labelSmoothing: 0,
    });
    const program = builder.finish(this.scratchBytes(sizes.columns));
    this.#inference = { sizes, packing, inputs, program, logits: outer.logits };
    return this.#inference;
  }
}
