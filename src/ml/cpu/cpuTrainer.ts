/**
 * The training loop's step as programs of our own kernels: for processors, in place of `training/trainer.ts`, with the same
 * numbers.
 */
import type { TrainingConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import type { Batch } from '../../core/pipeline/batch.ts';
import { deriveSeed } from '../../core/rng.ts';
import { learningRateAt } from '../../core/schedule.ts';
import { type BatchSizes, roberta } from '../../model/roberta.ts';
import { trainingStep } from '../../model/step.ts';
import type { Weights } from '../model/initialize.ts';
import type { Roberta } from '../model/roberta.ts';
import { type StepScalars, stepScalars, totalWeightOf } from '../step/batchPacking.ts';
import { flattenParameters, namedParameters } from '../step/parameterLayout.ts';
import type { StepPoint, StepTrainer, TrainerState } from '../training/stepTrainer.ts';
import type { BuiltGraph, CpuEngine } from './engine.ts';
import type { Part } from './memory.ts';
import { type BuiltProgram, floatBits, ProgramBuilder } from './programBuilder.ts';

/** Numbers whose squares are summed into one part; see `assembly/sums.ts`. */
const SQUARES = 4096;

/** Everything that is built once for batches of one shape. */
interface StepProgram extends BuiltGraph {
  readonly sizes: BatchSizes;
  readonly update: BuiltProgram;
  /** Address of [M, 2]. */
  readonly figures: number;
}

/** Parts of the memory that outlive a batch's shape. */
interface TrainingState {
  readonly gradients: Part;
  readonly first: Part;
  readonly second: Part;
  /** [what gradients are scaled by, whether every step so far was finite]. */
  readonly control: Part;
  /** See `adamW` in `assembly/elementwise.ts`. */
  readonly scalars: Part;
  /** [loss, accuracy, gradient norm] of the last step. */
  readonly report: Part;
}

export class CpuTrainer implements StepTrainer {
  readonly worksMeanwhile = false;
  readonly #engine: CpuEngine;
  readonly #model: Roberta;
  readonly #config: TrainingConfig;
  readonly #seed: number;
  readonly #state: TrainingState;
  #program: StepProgram | null = null;
  #points: StepPoint[] = [];
  #taken = 0;

  /** @param model borrowed, with its engine: both outlive the trainer */
  constructor(model: Roberta, engine: CpuEngine, config: TrainingConfig, options: { readonly seed: number }) {
    this.#model = model;
    this.#engine = engine;
    this.#config = config;
    this.#seed = deriveSeed(options.seed, 'dropout');
    const { memory, layout } = engine;
    const flat = (): Part => memory.take(4 * layout.length);
    const small = (length: number): Part => memory.take(4 * length);
    this.#state = {
      gradients: flat(),
      first: flat(),
      second: flat(),
      control: small(2),
      scalars: small(8),
      report: small(3),
    };
    memory.floats(this.#state.control).set([1, 1]);
  }

  /** Bytes of the memory that engine and trainer compute in. */
  get bytes(): number {
    return this.#engine.memory.bytes;
  }

  /** Threads that take part now. */
  get threads(): number {
    return this.#engine.threads.count;
  }

  /** See `StepTrainer`. */
  step(step: number, batches: readonly Batch[]): void {
    const { memory } = this.#engine;
    const program = this.#programFor(batches);
    const learningRate = learningRateAt(this.#config, step);
    const scalars = stepScalars(this.#config, step, learningRate, 0);
    this.#writeScalars(scalars);
    const stepSeed = deriveSeed(this.#seed, step);
    const totalWeight = totalWeightOf(batches);
    if (batches.length > 1) {
      memory.floats(this.#state.gradients).fill(0);
      memory.floats({ address: program.figures, bytes: 8 * program.sizes.maskedRows }).fill(0);
    }
    for (const [index, batch] of batches.entries()) {
      const target = this.#engine.packTarget(program.inputs);
      program.packing.pack(target, batch, totalWeight, deriveSeed(stepSeed, index), scalars);
      this.#engine.run(program.program, false);
    }
    this.#engine.run(program.update, true);
    const [loss = Number.NaN, maskedAccuracy = Number.NaN, gradientNorm = Number.NaN] = memory.floats(
      this.#state.report,
    );
    this.#points.push({ step, loss, maskedAccuracy, learningRate, gradientNorm });
    this.#taken = step + 1;
  }

  /** See `StepTrainer`. */
  readPoints(): Promise<StepPoint[]> {
    const points = this.#points;
    this.#points = [];
    return Promise.resolve(points);
  }

  /** Gradients of the last step before clipping, by the parameters' names. For checks. */
  readGradients(): Promise<Weights> {
    return Promise.resolve(this.#named(this.#state.gradients));
  }

  /** See `StepTrainer`. */
  async readState(): Promise<TrainerState> {
    const { first, second, control } = this.#state;
    const state = {
      step: this.#taken,
      healthy: (this.#engine.memory.floats(control)[1] ?? 0) > 0.5,
      firstMoments: this.#named(first),
      secondMoments: this.#named(second),
    };
    return { ...state, weights: await this.#model.readWeights() };
  }

  /** See `StepTrainer`. */
  loadState({ step, healthy, weights, firstMoments, secondMoments }: TrainerState): void {
    const { memory, layout } = this.#engine;
    const { first, second, control } = this.#state;
    this.#model.writeWeights(weights);
    memory.floats(first).set(flattenParameters(layout, this.#model.specs, firstMoments));
    memory.floats(second).set(flattenParameters(layout, this.#model.specs, secondMoments));
    memory.floats(control).set([1, healthy ? 1 : 0]);
    this.#taken = step;
  }

  /** See `StepTrainer`. */
  dispose(): void {
    this.#freeProgram();
    for (const part of Object.values(this.#state) as Part[]) this.#engine.memory.give(part);
  }

  #named(part: Part): Weights {
    const { memory, layout } = this.#engine;
    return namedParameters(layout, this.#model.specs, memory.floats(part));
  }

  #writeScalars({ keep, stepSize, secondScale }: StepScalars): void {
    const { beta1, beta2, epsilon } = this.#config;
    const values = [keep, stepSize, secondScale, beta1, 1 - beta1, beta2, 1 - beta2, epsilon];
    this.#engine.memory.floats(this.#state.scalars).set(values);
  }

  #freeProgram(): void {
    if (this.#program === null) return;
    const { program, update, inputs } = this.#program;
    for (const part of [...program.parts, ...update.parts, inputs]) this.#engine.memory.give(part);
    this.#program = null;
  }

  /** The programs for batches of this shape: the same ones throughout a run. */
  #programFor(batches: readonly Batch[]): StepProgram {
    const [first] = batches;
    if (first === undefined) throw new StudioError('internal', 'a step needs at least one batch');
    const { rows, columns } = first;
    const maskedRows = Math.max(...batches.map((batch) => batch.maskedPositions.length));
    const found = this.#program;
    const same = found?.sizes.rows === rows && found.sizes.columns === columns;
    if (found && same && maskedRows <= found.sizes.maskedRows) return found;
    this.#freeProgram();
    this.#program = this.#build({ rows, columns, maskedRows });
    return this.#program;
  }

  #build(sizes: BatchSizes): StepProgram {
    const { config, vocabSize } = this.#model;
    const graph = trainingStep(roberta(config, vocabSize, sizes, 'training'), this.#config.labelSmoothing);
    const built = this.#engine.build(graph, sizes.columns, {
      gradients: this.#state.gradients.address,
      accumulate: this.#config.gradientAccumulation > 1,
    });
    const figures = built.outputs['figures'] ?? 0;
    return { sizes, ...built, update: this.#buildUpdate(sizes, figures), figures };
  }

  /** Global norm, clipping and AdamW. */
  #buildUpdate({ maskedRows }: BatchSizes, figures: number): BuiltProgram {
    const { memory, layout, parameters } = this.#engine;
    const { gradients, first, second, control, scalars, report } = this.#state;
    const { length, decayedLength } = layout;
    const builder = new ProgramBuilder(memory);
    const partCount = Math.ceil(length / SQUARES);
    const parts = builder.buffer(partCount);
    const clip = floatBits(this.#config.clipNorm);
    builder.add('squareBlocks', partCount, 1, length, gradients.address, parts);
    builder.add('stepControl', 1, 1, maskedRows, figures, partCount, parts, clip, control.address, report.address);
    const flat = [parameters, gradients, first, second].map(({ address }) => address);
    builder.add('adamW', length / 4, 64, decayedLength, ...flat, control.address, scalars.address);
    return builder.finish(0);
  }
}
