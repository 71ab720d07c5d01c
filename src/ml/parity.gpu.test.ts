/**
 * Folio against PyTorch, on every backend that Folio offers: the golden files are what transformers' RobertaForMaskedLM and
 * torch.optim.AdamW computed from the same weights and batches (`e2e/python/makeParityGolden.py`). There, float32 differs
 * from float64 by 3e-8 of the loss, 7e-7 in the loss curves and 1% of what the gradients are allowed.
 */
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import cosineIndex from '../../e2e/golden/parity/cosine.json';
import cosineUrl from '../../e2e/golden/parity/cosine.safetensors?url';
import linearIndex from '../../e2e/golden/parity/linear.json';
import linearUrl from '../../e2e/golden/parity/linear.safetensors?url';
import bundleLogits from '../../e2e/golden/tiny-roberta-logits.json';
import type { BackendName } from '../core/device.ts';
import { deviceMemory, probeDevice } from './backend.ts';
import { CpuTrainer } from './cpu/cpuTrainer.ts';
import { FusedTrainer } from './fused/fusedTrainer.ts';
import { setFused } from './kernels/fusion.ts';
import type { Weights } from './model/initialize.ts';
import { Roberta } from './model/roberta.ts';
import { type GoldenIndex, type GoldenRun, loadGoldenRun } from './testing/goldenFiles.ts';
import { openGoldenModel } from './testing/goldenModel.testing.ts';
import { createTrainer } from './training/createTrainer.ts';
import { computeGradients } from './training/gradients.ts';

const RUNS = [
  { name: 'linear', index: linearIndex as GoldenIndex, url: linearUrl },
  { name: 'cosine, two batches a step, label smoothing', index: cosineIndex as GoldenIndex, url: cosineUrl },
] as const;

/** Softmax does not see a shift of all keys: these gradients are rounding noise, which AdamW blows up to full steps. */
const KEY_BIAS = /attention\.self\.key\.bias$/;

const { backends } = await probeDevice('cpu');
const offered = backends.filter((report) => report.available).map((report) => report.name);

it('covers the backends that every machine of this suite has', () => {
  expect(offered).toEqual(expect.arrayContaining(['webgpu', 'wasm', 'cpu']));
});

/** WebGPU and wasm twice: with our kernels and the recorded step, and in plain tfjs ops. */
const CASES = offered.flatMap((backend): { backend: BackendName; isFused: boolean; words: string }[] =>
  backend === 'webgpu' || backend === 'wasm'
    ? [
        { backend, isFused: true, words: `${backend}, fused` },
        { backend, isFused: false, words: `${backend}, plain ops` },
      ]
    : [{ backend, isFused: true, words: backend }],
);

describe.each(CASES)('on $words', ({ backend, isFused }) => {
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

  it('gives the logits of a model that transformers loads', async () => {
    const model = await openGoldenModel();
    const { input_ids, attention_mask, logits_f64_sample } = bundleLogits;
    const rows = input_ids.length;
    const columns = input_ids[0]?.length ?? 0;
    // The sample holds the first eight logits of the first two positions of each row.
    const positions = Int32Array.from({ length: 2 * rows }, (_, i) => Math.floor(i / 2) * columns + (i % 2));
    const ids = Int32Array.from(input_ids.flat());
    const logits = model.logitsForRows(ids, Int32Array.from(attention_mask.flat()), rows, columns, positions);
    const actual = (await logits.array()).flatMap((row) => row.slice(0, 8));
    logits.dispose();
    model.dispose();
    expect(largestDifference(actual, logits_f64_sample.flat(2))).toBeLessThan(1e-5);
  });

  describe.each(RUNS)('$name', ({ index, url }) => {
    let run: GoldenRun;

    beforeAll(async () => {
      run = await loadGoldenRun(index, url);
    });

    it('gives the same logits, loss and gradients', async () => {
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
    });

    const RecordedTrainer = backend === 'webgpu' ? FusedTrainer : CpuTrainer;
    if (isFused && (backend === 'webgpu' || backend === 'wasm'))
      it('gives the same gradients in the recorded step', async () => {
        const model = new Roberta(run.model, run.vocabSize, run.initial);
        const trainer = createTrainer(model, run.training, { seed: 1 });
        expect(trainer).toBeInstanceOf(RecordedTrainer);
        trainer.step(0, run.batchesOf(0));
        const gradients = await (trainer as FusedTrainer | CpuTrainer).readGradients();
        trainer.dispose();
        model.dispose();
        expect(gradientErrors(gradients, run, run.steps[0]?.gradientNorm ?? 0)).toEqual([]);
      });

    it('takes the same 30 AdamW steps', async () => {
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
    });
  });
});

/** Over every position of batch 0, padding included. */
async function logitsDifference(model: Roberta, run: GoldenRun): Promise<number> {
  const [batch] = run.batchesOf(0);
  if (batch === undefined) throw new Error('no batch');
  const { inputIds, attentionMask, rows, columns } = batch;
  const positions = Int32Array.from(inputIds.keys());
  const logits = model.logitsForRows(inputIds, attentionMask, rows, columns, positions);
  const actual = await logits.data();
  logits.dispose();
  return largestDifference(actual, run.logits);
}

async function byName(model: Roberta, tensors: readonly tf.Tensor[]): Promise<Weights> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
  return new Map(model.specs.map(({ name }, index) => [name, values[index] ?? new Float32Array()]));
}

/** One line for each gradient further off than 1e-4 of its norm and 1e-6 of the global norm. */
function gradientErrors(gradients: Weights, run: GoldenRun, globalNorm: number): string[] {
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
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - (b[index] ?? Number.NaN))));
}

function relativeDifference(actual: number | undefined, expected: number | undefined): number {
  return Math.abs((actual ?? Number.NaN) / (expected ?? Number.NaN) - 1);
}
