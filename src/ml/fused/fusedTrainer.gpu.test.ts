/** The recorded step against the same step in tfjs ops, which the parity test holds against PyTorch. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { configForPreset, type ModelConfig, type TrainingConfig } from '../../core/config.ts';
import type { Batch } from '../../core/pipeline/batches.ts';
import { deviceMemory, probeDevice } from '../backend.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { setFused } from '../kernels/fusion.ts';
import { drawWeights, type Weights } from '../model/initialize.ts';
import { Roberta } from '../model/roberta.ts';
import { distance, randomBatch } from '../testing/tensors.ts';
import { createTrainer } from '../training/createTrainer.ts';
import type { StepPoint, StepTrainer } from '../training/stepTrainer.ts';
import { Trainer } from '../training/trainer.ts';
import { canFuse, FusedTrainer } from './fusedTrainer.ts';
import type { KernelStyle } from './kernels/wgsl.ts';
import { webgpuBackend } from './variables.ts';

/** A vocabulary and a length that no tile divides. */
const VOCAB_SIZE = 301;
const SIZES = { rows: 3, columns: 14, vocabSize: VOCAB_SIZE };
const preset = configForPreset('micro');
const MODEL: ModelConfig = { ...preset.model, maxPositionEmbeddings: 20, intermediateSize: 68 };
const TRAINING: TrainingConfig = { ...preset.training, steps: 60, warmupSteps: 5, learningRate: 3e-3 };

beforeAll(async () => {
  await probeDevice('webgpu');
});

afterEach(throwOnDeviceFailure);

type Create = (model: Roberta, training: TrainingConfig) => StepTrainer;

function fused(style: KernelStyle, seed = 1): Create {
  return (model, training) => {
    const backend = webgpuBackend();
    if (backend === null) throw new Error('no WebGPU backend');
    return new FusedTrainer(model, training, { seed, backend, style });
  };
}

const reference: Create = (model, training) => new Trainer(model, training, { seed: 1 });

interface Outcome {
  readonly weights: Weights;
  readonly points: readonly StepPoint[];
}

async function train(create: Create, steps: number, training = TRAINING, model = MODEL): Promise<Outcome> {
  const roberta = new Roberta(model, VOCAB_SIZE, drawWeights(model, VOCAB_SIZE, 1));
  const trainer = create(roberta, training);
  for (let step = 0; step < steps; step++) {
    const batches = Array.from({ length: training.gradientAccumulation }, (_, k) =>
      randomBatch({ ...SIZES, seed: 10 * step + k, padding: (step + k) % 3 }),
    );
    trainer.step(step, batches);
  }
  const points = await trainer.readPoints();
  const weights = await roberta.readWeights();
  trainer.dispose();
  roberta.dispose();
  return { weights, points };
}

function expectAlike(actual: Outcome, expected: Outcome): void {
  expect(actual.points.length).toBe(expected.points.length);
  for (const [index, point] of actual.points.entries()) {
    const other = expected.points[index];
    expect(point.step).toBe(other?.step);
    expect(Math.abs(point.loss / (other?.loss ?? 0) - 1), `loss of step ${index}`).toBeLessThan(2e-5);
    expect(Math.abs(point.gradientNorm / (other?.gradientNorm ?? 0) - 1), `norm of step ${index}`).toBeLessThan(2e-4);
    expect(point.maskedAccuracy).toBeCloseTo(other?.maskedAccuracy ?? Number.NaN, 5);
    expect(point.learningRate).toBe(other?.learningRate);
  }
}

/** The figures' bits, NaN included. */
function bitsOf({ weights, points }: Outcome): unknown {
  return { weights: [...weights], points };
}

// On a software adapter, where barriers are slow, fewer steps of the style that has them.
describe.each([
  { style: 'single', steps: 20 },
  { style: 'shared', steps: 5 },
] as const)('kernels in style $style', ({ style, steps }) => {
  test('steps with dropout agree with tfjs ops, and the same seed gives the same bits', async () => {
    const first = await train(fused(style), steps);
    expectAlike(first, await train(reference, steps));
    expect(bitsOf(await train(fused(style), steps))).toEqual(bitsOf(first));
    // The only difference is what dropout drops.
    const other = await train(fused(style, 2), 1);
    expect(other.points[0]?.loss).not.toBe(first.points[0]?.loss);
  });

  test('accumulated batches agree with tfjs ops', async () => {
    const training = { ...TRAINING, gradientAccumulation: 3, clipNorm: 0, weightDecay: 0.5 };
    expectAlike(await train(fused(style), 3, training), await train(reference, 3, training));
  });
});

describe('the trainer', () => {
  const create = fused('single');
  const model = (): Roberta => new Roberta(MODEL, VOCAB_SIZE, drawWeights(MODEL, VOCAB_SIZE, 1));
  const batch = (seed: number): Batch => randomBatch({ ...SIZES, seed });

  test('whoever reads the model during training sees the last step; what is written is trained on', async () => {
    const roberta = model();
    const trainer = create(roberta, TRAINING);
    const { inputIds, attentionMask, rows, columns, maskedPositions } = batch(9);
    const logits = async (): Promise<Float32Array> => {
      const tensor = roberta.logitsForRows(inputIds, attentionMask, rows, columns, maskedPositions);
      const values = (await tensor.data<'float32'>()).slice();
      tensor.dispose();
      return values;
    };
    const untrained = await logits();
    for (let step = 0; step < 3; step++) trainer.step(step, [batch(step)]);
    const trained = await logits();
    expect(distance(trained, untrained)).toBeGreaterThan(1e-3);
    const start = drawWeights(MODEL, VOCAB_SIZE, 1);
    roberta.writeWeights(start);
    expect([...(await roberta.readWeights())]).toEqual([...start]);
    expect(await logits()).toEqual(untrained);
    trainer.step(3, [batch(3)]);
    const moved = (await roberta.readWeights()).get('lm_head.dense.weight') ?? [];
    expect(distance(moved, start.get('lm_head.dense.weight') ?? [])).toBeGreaterThan(1e-5);
    trainer.dispose();
    expect((await roberta.readWeights()).get('lm_head.dense.weight')).toEqual(moved);
    roberta.dispose();
  });

  test('a step whose gradients are not finite, and every later one, leaves the weights; the read shows it', async () => {
    const roberta = model();
    const trainer = create(roberta, TRAINING);
    trainer.step(0, [batch(0)]);
    const before = await roberta.readWeights();
    const spoilt = batch(1);
    trainer.step(1, [{ ...spoilt, maskedWeights: spoilt.maskedWeights.map(() => Number.NaN) }]);
    trainer.step(2, [batch(2)]);
    const points = await trainer.readPoints();
    expect(points.map((point) => Number.isFinite(point.loss))).toEqual([true, false, true]);
    expect([...(await roberta.readWeights())]).toEqual([...before]);
    trainer.dispose();
    roberta.dispose();
  });

  test('a batch with nothing masked has loss 0 and moves nothing but by decay', async () => {
    const roberta = model();
    const trainer = create(roberta, { ...TRAINING, weightDecay: 0 });
    const nothing = batch(0);
    trainer.step(0, [{ ...nothing, maskedWeights: nothing.maskedWeights.map(() => 0) }]);
    expect(await trainer.readPoints()).toMatchObject([{ loss: 0, maskedAccuracy: 0, gradientNorm: 0 }]);
    expect([...(await roberta.readWeights())]).toEqual([...drawWeights(MODEL, VOCAB_SIZE, 1)]);
    trainer.dispose();
    roberta.dispose();
  });

  test('the pad row of the position table stays 0', async () => {
    const { weights } = await train(create, 3);
    const pad = weights.get('roberta.embeddings.position_embeddings.weight')?.subarray(32, 64);
    expect(pad?.every((value) => value === 0)).toBe(true);
  });

  test('sizes that are no multiple of four are left to tfjs ops, and so is everything with fusion off', () => {
    expect(canFuse(MODEL)).toBe(true);
    expect(canFuse({ ...MODEL, intermediateSize: 70 })).toBe(false);
    expect(canFuse({ ...MODEL, hiddenSize: 24, numAttentionHeads: 4 })).toBe(false);
    const roberta = model();
    const trainers = [true, false].map((enabled) => {
      setFused(enabled);
      const trainer = createTrainer(roberta, TRAINING, { seed: 1 });
      trainer.dispose();
      return trainer instanceof FusedTrainer;
    });
    setFused(true);
    roberta.dispose();
    expect(trainers).toEqual([true, false]);
  });
});

describe('what a step costs', () => {
  /** The benchmarks' bench-tiny. */
  const TINY_VOCAB = 2000;
  const tiny: ModelConfig = {
    ...MODEL,
    ...{ hiddenSize: 64, intermediateSize: 256, numHiddenLayers: 2, numAttentionHeads: 2, maxPositionEmbeddings: 34 },
  };

  test('bench-tiny: one submission, no new buffer, at most 60 dispatches, 5 ms of JavaScript', async () => {
    const roberta = new Roberta(tiny, TINY_VOCAB, drawWeights(tiny, TINY_VOCAB, 1));
    const trainer = fused('single')(roberta, TRAINING);
    const batches = [0, 1, 2, 3, 4].map((seed) => randomBatch({ rows: 16, columns: 32, vocabSize: TINY_VOCAB, seed }));
    for (const step of [0, 1]) trainer.step(step, [batches[step] as Batch]);
    await trainer.readPoints();
    const counts = countCalls();
    const times = [2, 3, 4].map((step) => {
      const startedMs = performance.now();
      trainer.step(step, [batches[step] as Batch]);
      return performance.now() - startedMs;
    });
    const counted = counts.stop();
    await trainer.readPoints();
    trainer.dispose();
    roberta.dispose();
    expect(counted.submits).toBe(3);
    expect(counted.buffers).toBe(0);
    expect(counted.dispatches).toBeGreaterThan(0);
    expect(counted.dispatches / 3).toBeLessThanOrEqual(60);
    // The least of three: others share the machine.
    expect(Math.min(...times)).toBeLessThan(5);
  });

  test('1,100 steps between two reads: every point is there, and nothing is left behind', async () => {
    const small = { ...MODEL, ...{ hiddenSize: 8, intermediateSize: 16, numHiddenLayers: 1, numAttentionHeads: 1 } };
    const batch = randomBatch({ rows: 1, columns: 4, vocabSize: 12, seed: 1 });
    const life = async (steps: number): Promise<StepPoint[]> => {
      const roberta = new Roberta(small, 12, drawWeights(small, 12, 1));
      const trainer = fused('single')(roberta, TRAINING);
      for (let step = 0; step < steps; step++) trainer.step(step, [batch]);
      const points = await trainer.readPoints();
      trainer.dispose();
      await roberta.readWeights();
      roberta.dispose();
      return points;
    };
    // The first one fills tfjs's pool of buffers.
    const memory = deviceMemory();
    await life(1);
    const counts = countCalls();
    const points = await life(1100);
    const { created, destroyed } = counts.stop();
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 1100 }, (_, step) => step));
    expect(points.every(({ loss }) => loss > 0)).toBe(true);
    expect(points.at(-1)?.loss).toBeLessThan((points[0]?.loss ?? 0) / 2);
    expect(deviceMemory()).toEqual(memory);
    expect(created.length).toBeGreaterThan(0);
    expect(created.filter((buffer) => !destroyed.includes(buffer))).toEqual([]);
  });
});

/** Counts what is asked of the device from now on. */
function countCalls() {
  const device = webgpuBackend()?.device;
  if (device === undefined) throw new Error('no WebGPU backend');
  const { createBuffer } = device;
  const { submit } = device.queue;
  const passes = GPUComputePassEncoder.prototype;
  const { dispatchWorkgroups } = passes;
  const { destroy } = GPUBuffer.prototype;
  const counted = { submits: 0, dispatches: 0, created: [] as GPUBuffer[], destroyed: [] as GPUBuffer[] };
  device.createBuffer = (...args) => {
    const buffer = createBuffer.apply(device, args);
    counted.created.push(buffer);
    return buffer;
  };
  device.queue.submit = (...args) => {
    counted.submits++;
    return submit.apply(device.queue, args);
  };
  passes.dispatchWorkgroups = function (...args) {
    counted.dispatches++;
    return dispatchWorkgroups.apply(this, args);
  };
  GPUBuffer.prototype.destroy = function () {
    counted.destroyed.push(this);
    return destroy.apply(this);
  };
  return {
    buffers: () => counted.created.length,
    stop: () => {
      Object.assign(device, { createBuffer });
      Object.assign(device.queue, { submit });
      Object.assign(passes, { dispatchWorkgroups });
      Object.assign(GPUBuffer.prototype, { destroy });
      return { ...counted, buffers: counted.created.length };
    },
  };
}
