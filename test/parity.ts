/**
 * What the tests of parity with PyTorch share: the golden runs (`e2e/python/makeParityGolden.py`), a backend for the tests of
 * a `describe`, and how far something may be off.
 */
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { deviceMemory, probeDevice } from '../src/compute/backend.ts';
import { Roberta } from '../src/compute/model/robertaModel.ts';
import { computeGradients } from '../src/compute/tfjs/executor.ts';
import { setFused } from '../src/compute/tfjs/kernels/fusion.ts';
import { createTrainer } from '../src/compute/training/trainer.ts';
import type { BackendName } from '../src/core/device.ts';
import type { Weights } from '../src/model/initialize.ts';
import cosineIndex from './golden/parity/cosine.json';
import cosineUrl from './golden/parity/cosine.safetensors?url';
import linearIndex from './golden/parity/linear.json';
import linearUrl from './golden/parity/linear.safetensors?url';
import { type GoldenIndex, type GoldenRun, loadGoldenRun } from './goldenFiles.ts';

export const RUNS = [
  { name: 'linear', load: () => loadGoldenRun(linearIndex as GoldenIndex, linearUrl) },
  {
    name: 'cosine, two batches a step, label smoothing',
    load: () => loadGoldenRun(cosineIndex as GoldenIndex, cosineUrl),
  },
] as const;

/** Softmax does not see a shift of all keys: these gradients are rounding noise, which AdamW blows up to full steps. */
const KEY_BIAS = /attention\.self\.key\.bias$/;

/** The tests of a `describe` compute on a backend, and none of them leaves a tensor behind. */
export function useBackend(backend: BackendName, isFused: boolean): void {
  let tensorsBefore = 0;

  beforeAll(async () => {
    setFused(isFused);
    expect((await probeDevice(backend)).active).toBe(backend);
    expect(tf.getBackend()).toBe(backend);
  });

  afterAll(() => setFused(true));

  beforeEach(() => {
    tensorsBefore = deviceMemory().tensors;
  });

  afterEach(() => {
    expect(deviceMemory().tensors, 'tensors left behind').toBe(tensorsBefore);
  });
}

/** Compares the logits, the loss and every gradient of the first step, on weights that the golden run started from. */
export async function expectSameGradients(run: GoldenRun): Promise<void> {
  const model = new Roberta(run.model, run.vocabSize, run.initial);
  expect(await logitsDifference(model, run), 'logits').toBeLessThan(1e-4);
  const [loss, ...gradients] = tf.tidy(() => {
    const outcome = computeGradients(model, run.batchesOf(0), null, run.training.labelSmoothing);
    return [outcome.loss as tf.Tensor, ...outcome.gradients];
  });
  const expected = run.steps[0];
  expect(relativeDifference((await loss?.data())?.[0], expected?.loss), 'loss').toBeLessThan(1e-5);
  const errors = gradientErrors(await byName(model, gradients), run, expected?.gradientNorm ?? 0);
  tf.dispose([loss, ...gradients].filter((tensor) => tensor !== undefined));
  model.dispose();
  expect(errors).toEqual([]);
}

/** Trains as the golden run did, and compares every point on the way and the weights at the end. */
export async function expectSameSteps(run: GoldenRun): Promise<void> {
  const model = new Roberta(run.model, run.vocabSize, run.initial);
  const trainer = createTrainer(model, run.training, { seed: 1 });
  const points = [];
  for (const step of run.steps.keys()) {
    trainer.step(step, run.batchesOf(step));
    // Now and then, as a run does: points must come in order and none twice.
    if (step % 10 === 9) points.push(...(await trainer.readPoints()));
  }
  const weights = await model.readWeights();
  trainer.dispose();
  model.dispose();
  expect(points.map(({ step }) => step)).toEqual([...run.steps.keys()]);
  for (const { step, loss, gradientNorm, learningRate } of points) {
    const expected = run.steps[step];
    expect(Math.abs(loss - (expected?.loss ?? Number.NaN)), `loss of step ${step}`).toBeLessThan(1e-4);
    expect(relativeDifference(gradientNorm, expected?.gradientNorm), `norm of step ${step}`).toBeLessThan(1e-3);
    expect(learningRate).toBeCloseTo(expected?.learningRate ?? Number.NaN, 10);
  }
  expect(weightErrors(weights, run)).toEqual([]);
}

/** One line for each gradient further off than 1e-4 of its norm and 1e-6 of the global norm. */
export function gradientErrors(gradients: Weights, run: GoldenRun, globalNorm: number): string[] {
  expect([...gradients.keys()].sort()).toEqual([...run.gradients.keys()].sort());
  const errors: string[] = [];
  for (const [name, expected] of run.gradients) {
    const allowed = Math.max(1e-4 * normOf(expected), 1e-6 * globalNorm);
    const error = distance(gradients.get(name) ?? new Float32Array(), expected);
    if (!(error <= allowed)) errors.push(`${name}: off by ${error}, allowed ${allowed}`);
  }
  return errors;
}

/** One line for each parameter whose way from the start is off by more than a thousandth of its length. */
function weightErrors(weights: ReadonlyMap<string, Float32Array>, run: GoldenRun): string[] {
  const errors: string[] = [];
  for (const [name, expected] of run.final) {
    if (KEY_BIAS.test(name)) continue;
    const way = distance(run.initial.get(name) ?? new Float32Array(), expected);
    const error = distance(weights.get(name) ?? new Float32Array(), expected);
    if (!(error <= 1e-3 * way)) errors.push(`${name}: off by ${error} after a way of ${way}`);
  }
  return errors;
}

function normOf(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}

/** Euclidean distance; NaN if the lengths differ. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  return normOf(Array.from(a, (value, index) => value - (b[index] ?? Number.NaN)));
}

/** NaN if the lengths differ. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - (b[index] ?? Number.NaN))));
}

function relativeDifference(actual: number | undefined, expected: number | undefined): number {
  return Math.abs((actual ?? Number.NaN) / (expected ?? Number.NaN) - 1);
}

/** Over every position of batch 0, padding included. */
async function logitsDifference(model: Roberta, run: GoldenRun): Promise<number> {
  const [batch] = run.batchesOf(0);
  if (batch === undefined) throw new Error('no batch');
  const logits = await model.logitsForRows(batch, Int32Array.from(batch.inputIds.keys()));
  return largestDifference(logits, run.logits);
}

async function byName(model: Roberta, tensors: readonly tf.Tensor[]): Promise<Weights> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
  return new Map(model.specs.map(({ name }, index) => [name, values[index] ?? new Float32Array()]));
}
