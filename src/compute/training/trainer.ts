/** The steps of a run: what is the same on every device. */
import type { TrainingConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { learningRateAt } from '../../core/learningRate.ts';
import type { TrainPoint } from '../../core/metrics.ts';
import { deriveSeed } from '../../core/rng.ts';
import type { Weights } from '../../model/initialize.ts';
import { type BatchSizes, roberta } from '../../model/roberta.ts';
import { trainingStep } from '../../model/step.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import type { Executor } from '../executor.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { stepScalars } from '../step/batchPacking.ts';
import { flattenParameters, namedParameters } from '../step/parameterLayout.ts';
import { TfjsExecutor } from '../tfjs/executor.ts';
import { isFused } from '../tfjs/kernels/fusion.ts';
import { isBarrierFree } from '../tfjs/kernels/matMul.ts';
import { cpuEngineOf } from '../wasm/engine.ts';
import { WasmExecutor } from '../wasm/executor.ts';
import { WebgpuExecutor } from '../webgpu/executor.ts';
import { webgpuBackend } from '../webgpu/variables.ts';

/** What one step reports. `loss` or `gradientNorm` is not finite from the step on whose update was not made. */
export type StepPoint = Omit<TrainPoint, 'tokensPerSecond' | 'elapsedMs'>;

/** AdamW's state. Names and shapes are those of the state dict. */
export interface OptimizerState {
  /** Steps taken: the number of the next one. */
  readonly step: number;
  /** Whether every step so far was finite; if not, no later one changes anything. */
  readonly healthy: boolean;
  readonly firstMoments: Weights;
  readonly secondMoments: Weights;
}

/** Everything that later steps depend on, data and settings aside. */
export interface TrainerState extends OptimizerState {
  readonly weights: Weights;
}

/**
 * The trainer of the active backend: recorded dispatches on WebGPU and our own programs on wasm, unless fusion is off; tfjs ops
 * elsewhere.
 * @param model borrowed: it outlives the trainer
 */
export function createTrainer(model: Roberta, config: TrainingConfig, { seed }: { readonly seed: number }): Trainer {
  return new Trainer(model, config, seed, executorFor(model, config));
}

function executorFor(model: Roberta, config: TrainingConfig): Executor {
  const engine = cpuEngineOf(model);
  if (engine !== null) return new WasmExecutor(config, engine);
  const backend = isFused() ? webgpuBackend() : null;
  if (backend === null) return new TfjsExecutor(model, config);
  return new WebgpuExecutor(model, config, backend, isBarrierFree() ? 'single' : 'shared');
}

export class Trainer {
  readonly executor: Executor;
  readonly #model: Roberta;
  readonly #config: TrainingConfig;
  readonly #seed: number;
  #sizes: BatchSizes | null = null;
  #taken = 0;
  #pending: { readonly step: number; readonly learningRate: number }[] = [];

  /** @param model borrowed: it outlives the trainer. @param executor over its parameters; disposed of with the trainer */
  constructor(model: Roberta, config: TrainingConfig, seed: number, executor: Executor) {
    this.#model = model;
    this.#config = config;
    this.#seed = deriveSeed(seed, 'dropout');
    this.executor = executor;
  }

  /**
   * One optimizer step. Nothing is read back: the figures stay on the device until `readPoints`.
   *
   * A loss or gradient that is not finite makes this update and every later one a no-op, so that the read that reveals it
   * finds the weights from before it.
   *
   * @param step 0 for the first
   * @param batches `gradientAccumulation` of them
   */
  step(step: number, batches: readonly Batch[]): void {
    this.#prepare(batches);
    const learningRate = learningRateAt(this.#config, step);
    this.executor.run(batches, deriveSeed(this.#seed, step), stepScalars(this.#config, step, learningRate));
    this.#pending.push({ step, learningRate });
    this.#taken = step + 1;
  }

  /**
   * Reads what the steps since the last read reported, oldest first, in one transfer. Waits for the device to finish them,
   * which is what bounds its queue.
   * @throws StudioError `internal` if the device failed on the way
   */
  async readPoints(): Promise<StepPoint[]> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return [];
    const figures = await this.executor.readFigures();
    throwOnDeviceFailure();
    return pending.map(({ step, learningRate }, index) => {
      const [loss = Number.NaN, maskedAccuracy = Number.NaN, gradientNorm = Number.NaN] = figures.subarray(4 * index);
      return { step, loss, maskedAccuracy, learningRate, gradientNorm };
    });
  }

  /**
   * Copies weights and moments as they are after the last step called for. The copy is ordered before this returns; steps
   * may go on while it comes back, and change nothing of it.
   * @throws StudioError `internal` if the device failed on the way
   */
  async readState(): Promise<TrainerState> {
    const step = this.#taken;
    const flat = await this.executor.read(['parameters', 'first', 'second', 'control']);
    const [weights, firstMoments, secondMoments, control] = flat;
    throwOnDeviceFailure();
    return {
      step,
      healthy: (control?.[1] ?? 0) > 0.5,
      weights: this.#named(weights),
      firstMoments: this.#named(firstMoments),
      secondMoments: this.#named(secondMoments),
    };
  }

  /**
   * Takes over a state, weights included: the step `state.step` gives the bits that it would have given where the state was
   * read, on the same backend.
   * @throws StudioError `internal` if a parameter is missing or has another size
   */
  loadState({ step, healthy, weights, firstMoments, secondMoments }: TrainerState): void {
    this.#model.writeWeights(weights);
    const flat = (values: Weights) => flattenParameters(this.executor.layout, this.#model.specs, values);
    this.executor.write(flat(firstMoments), flat(secondMoments), healthy);
    this.#taken = step;
  }

  /** Frees everything but the model, whose parameters hold what was learned. */
  dispose(): void {
    this.executor.dispose();
  }

  #named(flat: Float32Array = new Float32Array()): Weights {
    return namedParameters(this.executor.layout, this.#model.specs, flat);
  }

  /** The program for batches of this shape is one and the same throughout a run. */
  #prepare(batches: readonly Batch[]): void {
    const [first] = batches;
    if (first === undefined) throw new StudioError('internal', 'a step needs at least one batch');
    const { rows, columns } = first;
    const maskedRows = Math.max(...batches.map((batch) => batch.maskedPositions.length));
    const same = this.#sizes?.rows === rows && this.#sizes.columns === columns;
    if (this.#sizes && same && maskedRows <= this.#sizes.maskedRows) return;
    const sizes = { rows, columns, maskedRows };
    const { config, vocabSize } = this.#model;
    const graph = trainingStep(roberta(config, vocabSize, sizes, 'training'), this.#config.labelSmoothing);
    this.executor.prepare(graph, sizes);
    this.#sizes = sizes;
  }
}
