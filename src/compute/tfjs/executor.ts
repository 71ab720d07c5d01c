/**
 * Steps in tfjs ops, with gradients from tfjs's own tape: on WebGL and in plain JavaScript, and what the recorded steps are held
 * against.
 */
import * as tf from '@tensorflow/tfjs';
import type { TrainingConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { deriveSeed } from '../../core/rng.ts';
import { sizeOf } from '../../model/value.ts';
import type { Batch } from '../../text/batches/batch.ts';
import type { Executor, FlatName } from '../executor.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { type StepScalars, totalWeightOf } from '../step/batchPacking.ts';
import { inFileOrder, type Runs } from '../step/parameterLayout.ts';
import { crossEntropy } from './composedOps.ts';

/** Added to the norm by `torch.nn.utils.clip_grad_norm_`. */
const NORM_EPSILON = 1e-6;

export class TfjsExecutor implements Executor {
  readonly worksMeanwhile = tf.getBackend() === 'webgpu' || tf.getBackend() === 'webgl';
  readonly bytes = 0;
  readonly layout: Runs;
  readonly #model: Roberta;
  readonly #config: TrainingConfig;
  readonly #state: AdamWState<tf.Variable>;
  /** 1 for each number that is subject to weight decay. */
  readonly #decayed: tf.Tensor; // [n]
  /** Of steps that were not asked for: loss, accuracy, gradient norm, 0. */
  #figures: tf.Tensor[] = [];

  /** @param model borrowed; its parameters are updated in place */
  constructor(model: Roberta, config: TrainingConfig) {
    this.#model = model;
    this.#config = config;
    this.layout = inFileOrder(model.specs);
    const variable = (create: () => tf.Tensor): tf.Variable => tf.tidy(() => tf.variable(create(), false));
    const { length } = this.layout;
    this.#state = {
      first: variable(() => tf.zeros([length])),
      second: variable(() => tf.zeros([length])),
      control: variable(() => tf.ones([2])),
    };
    this.#decayed = tf.tidy(() => tf.concat(model.specs.map(({ shape, decay }) => tf.fill([sizeOf(shape)], +decay))));
  }

  /** Nothing is built. */
  prepare(): void {}

  run(batches: readonly Batch[], stepSeed: number, scalars: StepScalars): void {
    this.#model.reclaimParameters();
    const figures = tf.tidy(() => {
      const { labelSmoothing } = this.#config;
      const { loss, accuracy, gradients } = computeGradients(this.#model, batches, stepSeed, labelSmoothing);
      const gradient = flat(gradients); // [n]
      const variables = this.#model.specs.map(({ name }) => this.#model.parameter(name));
      const before = { ...this.#state, parameters: flat(variables) };
      const { parameters, norm, ...state } = adamW(before, this.#decayed, loss, gradient, scalars, this.#config);
      for (const name of ['first', 'second', 'control'] as const) this.#state[name].assign(state[name]);
      const sizes = variables.map(({ size }) => size);
      for (const [index, part] of tf.split(parameters, sizes).entries()) {
        const own = variables[index] as tf.Variable;
        own.assign(tf.reshape(part, own.shape));
      }
      return tf.stack([loss, accuracy, norm, tf.scalar(0)]); // [4]
    });
    this.#figures.push(figures);
  }

  async readFigures(): Promise<Float32Array> {
    const figures = this.#figures;
    this.#figures = [];
    const joined = tf.concat(figures); // [4 · steps]
    tf.dispose(figures);
    const values = await joined.data<'float32'>();
    joined.dispose();
    return values;
  }

  /** @throws StudioError `internal` if gradients are asked for: they are not kept */
  async read(names: readonly FlatName[]): Promise<Float32Array[]> {
    const { first, second, control } = this.#state;
    // Copies keep the values of now, whatever is assigned while they come back.
    const copies = tf.tidy(() => {
      const parameters = flat(this.#model.specs.map(({ name }) => this.#model.parameter(name)));
      const flats = { parameters, first, second, control };
      return names.map((name) => {
        if (name === 'gradients') throw new StudioError('internal', 'tfjs keeps no gradients');
        return flats[name].clone();
      });
    });
    const values = await Promise.all(copies.map((copy) => copy.data<'float32'>()));
    tf.dispose(copies);
    return values.map((own) => own.slice());
  }

  write(first: Float32Array, second: Float32Array, healthy: boolean): void {
    tf.tidy(() => {
      this.#state.first.assign(tf.tensor1d(first));
      this.#state.second.assign(tf.tensor1d(second));
      this.#state.control.assign(tf.tensor1d([1, healthy ? 1 : 0]));
    });
  }

  dispose(): void {
    tf.dispose([...this.#figures, ...Object.values<tf.Tensor>({ ...this.#state }), this.#decayed]);
    this.#figures = [];
  }
}

/** Tensors as one, side by side. */
function flat(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1])));
}

interface AdamWState<T extends tf.Tensor = tf.Tensor> {
  readonly first: T; // [n]
  readonly second: T; // [n]
  /** What gradients are scaled by, and whether every step so far was finite. */
  readonly control: T; // [2]
}

/**
 * AdamW with decoupled decay and global-norm clipping, over all parameters side by side. Nothing changes if the loss or the norm
 * is not finite, nor after any such step.
 * Source: Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization; `torch.optim.AdamW` after
 * `torch.nn.utils.clip_grad_norm_`: gradients · min(1, clipNorm / (norm + 1e-6)).
 * @param decayed 1 for each number that is subject to weight decay; [n]
 * @returns the state after the step, and the gradient's norm before clipping
 */
export function adamW(
  before: AdamWState & { readonly parameters: tf.Tensor },
  decayed: tf.Tensor,
  loss: tf.Scalar,
  gradient: tf.Tensor,
  { keep, stepSize, secondScale }: StepScalars,
  { beta1, beta2, epsilon, clipNorm }: Pick<TrainingConfig, 'beta1' | 'beta2' | 'epsilon' | 'clipNorm'>,
): AdamWState & { readonly parameters: tf.Tensor; readonly norm: tf.Tensor } {
  const norm = tf.sqrt(tf.sum(tf.square(gradient)));
  const finite = tf.cast(tf.logicalAnd(tf.isFinite(loss), tf.isFinite(norm)), 'float32');
  const healthy = tf.mul(finite, tf.slice(before.control, [1], [1])); // [1]
  const scale = clipNorm > 0 ? tf.minimum(1, tf.div(clipNorm, tf.add(norm, NORM_EPSILON))) : tf.scalar(1);
  const scaled = tf.mul(gradient, scale); // [n]
  const first = tf.add(tf.mul(before.first, beta1), tf.mul(scaled, 1 - beta1)); // [n]
  const second = tf.add(tf.mul(before.second, beta2), tf.mul(tf.square(scaled), 1 - beta2)); // [n]
  const denominator = tf.add(tf.mul(tf.sqrt(second), secondScale), epsilon);
  const kept = tf.mul(before.parameters, tf.sub(1, tf.mul(decayed, 1 - keep)));
  const parameters = tf.sub(kept, tf.div(tf.mul(first, stepSize), denominator)); // [n]
  const ifHealthy = (after: tf.Tensor, else_: tf.Tensor): tf.Tensor => tf.where(tf.greater(healthy, 0.5), after, else_);
  return {
    first: ifHealthy(first, before.first),
    second: ifHealthy(second, before.second),
    parameters: ifHealthy(parameters, before.parameters),
    control: tf.concat([tf.reshape(scale, [1]), healthy]),
    norm,
  };
}

/** What a step's batches give. Every tensor belongs to the caller, or to the tidy that it calls from. */
export interface StepGradients {
  /** Mean negative log-likelihood of the chosen tokens, nats. */
  readonly loss: tf.Scalar;
  /** Share of the chosen tokens predicted right. */
  readonly accuracy: tf.Scalar;
  /** One for each of the model's parameters, in the order of `Roberta.specs`. */
  readonly gradients: readonly tf.Tensor[];
}

/**
 * Loss and gradients over the batches of one step. With gradient accumulation the weighted losses of all batches are summed and
 * divided by the sum of all weights, so that k batches of B rows give the gradient of one batch of k·B rows.
 *
 * @param dropoutSeed seed of this step's dropout; null switches dropout off
 * @param smoothing label smoothing of the gradients
 */
export function computeGradients(
  model: Roberta,
  batches: readonly Batch[],
  dropoutSeed: number | null,
  smoothing = 0,
): StepGradients {
  const total = totalWeightOf(batches);
  const all = batches.map((batch, index) => {
    const seed = dropoutSeed === null ? null : deriveSeed(dropoutSeed, index);
    return batchGradients(model, batch, total, seed, smoothing);
  });
  const sum = <T extends tf.Tensor>(of: (one: StepGradients) => T | undefined): T =>
    tf.addN(all.map((one) => of(one) as T));
  if (all.length === 0) throw new StudioError('internal', 'a step needs at least one batch');
  return {
    loss: sum(({ loss }) => loss),
    accuracy: sum(({ accuracy }) => accuracy),
    gradients: model.specs.map((_, index) => sum(({ gradients }) => gradients[index])),
  };
}

/** @param total sum of the weights over the step's batches */
function batchGradients(
  model: Roberta,
  batch: Batch,
  total: number,
  dropoutSeed: number | null,
  smoothing: number,
): StepGradients {
  const labels = Int32Array.from(batch.maskedPositions, (position) => batch.labels[position] ?? 0); // [M]
  const weights = batch.maskedWeights.map((weight) => weight / total); // [M]
  const variables = model.specs.map(({ name }) => model.parameter(name));
  const kept: tf.Scalar[] = [];
  const { grads } = tf.variableGrads(() => {
    const logits = model.forward(batch, batch.maskedPositions, dropoutSeed); // [M, V]
    const { objective, loss, accuracy } = crossEntropy(logits, labels, weights, smoothing);
    // The tape's own tidy would free them.
    kept.push(tf.keep(loss), tf.keep(accuracy));
    return objective;
  }, variables);
  const [loss, accuracy] = kept.map((scalar) => {
    const copy = scalar.clone();
    scalar.dispose();
    return copy;
  });
  if (loss === undefined || accuracy === undefined) throw new StudioError('internal', 'the loss was not computed');
  return { loss, accuracy, gradients: variables.map(({ name }) => grads[name] as tf.Tensor) };
}
