/** When the step is recorded, and what it costs. Its numbers: `training/stepTrainers.gpu.test.ts`. */

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MODEL, onWebgpu, SIZES, TRAINING, VOCAB_SIZE } from '../../../test/recordedTrainers.ts';
import { randomBatch } from '../../../test/tensors.ts';
import { threadMs } from '../../../test/threadTime.ts';
import { configForPreset } from '../../core/config.ts';
import { trainingMemoryBytes } from '../../model/cost.ts';
import { drawWeights } from '../../model/initialize.ts';
import { countParameters } from '../../model/parameters.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { deviceMemory, probeDevice } from '../backend.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { Roberta } from '../model/robertaModel.ts';
import { setFused } from '../tfjs/kernels/fusion.ts';
import { createTrainer, type StepPoint } from '../training/trainer.ts';
import { WebgpuExecutor } from './executor.ts';
import { webgpuBackend } from './variables.ts';

beforeAll(async () => {
  await probeDevice('webgpu');
});

afterEach(throwOnDeviceFailure);

describe('the trainer', () => {
  const model = (): Roberta => new Roberta(MODEL, VOCAB_SIZE, drawWeights(MODEL, VOCAB_SIZE, 1));

  test('records every step, unless fusion is off', () => {
    const roberta = model();
    const trainers = [true, false].map((enabled) => {
      setFused(enabled);
      const trainer = createTrainer(roberta, TRAINING, { seed: 1 });
      trainer.dispose();
      return trainer.executor instanceof WebgpuExecutor;
    });
    setFused(true);
    roberta.dispose();
    expect(trainers).toEqual([true, false]);
  });
});

describe('what a step costs', () => {
  test('two layers: one submission, no new buffer, at most 59 dispatches, 5 ms of the thread’s time', async () => {
    const roberta = new Roberta(MODEL, VOCAB_SIZE, drawWeights(MODEL, VOCAB_SIZE, 1));
    const trainer = onWebgpu('single')(roberta, TRAINING);
    const batches = [0, 1, 2, 3, 4].map((seed) => randomBatch({ ...SIZES, seed }));
    for (const step of [0, 1]) trainer.step(step, [batches[step] as Batch]);
    await trainer.readPoints();
    const counts = countCalls();
    const tookMs = await threadMs(() => {
      for (const step of [2, 3, 4]) trainer.step(step, [batches[step] as Batch]);
    });
    const counted = counts.stop();
    await trainer.readPoints();
    trainer.dispose();
    roberta.dispose();
    expect(counted.submits).toBe(3);
    expect(counted.buffers).toBe(0);
    expect(counted.dispatches).toBeGreaterThan(0);
    expect(counted.dispatches / 3).toBeLessThanOrEqual(59);
    expect(tookMs / 3).toBeLessThan(5);
  });

  test('as much memory as was estimated', async () => {
    const sizes = { rows: 8, columns: 32, vocabSize: 2000 };
    const model = { ...configForPreset('micro').model, maxPositionEmbeddings: 34 };
    const roberta = new Roberta(model, sizes.vocabSize, drawWeights(model, sizes.vocabSize, 1));
    const trainer = onWebgpu('single')(roberta, TRAINING);
    const batch = randomBatch({ ...sizes, seed: 1 });
    trainer.step(0, [batch]);
    const held = trainer.executor.bytes + 4 * countParameters(model, sizes.vocabSize);
    const shape = { batchSize: 8, seqLength: 32, maskedRows: batch.maskedPositions.length };
    const estimate = trainingMemoryBytes(model, sizes.vocabSize, shape);
    await trainer.readPoints();
    trainer.dispose();
    roberta.dispose();
    expect(held / estimate).toBeGreaterThan(0.8);
    expect(held / estimate).toBeLessThan(1.1);
  });

  test('600 steps and their reads hold as much memory as 50, and make no buffer', async () => {
    const roberta = new Roberta(MODEL, VOCAB_SIZE, drawWeights(MODEL, VOCAB_SIZE, 1));
    const trainer = onWebgpu('single')(roberta, { ...TRAINING, steps: 600 });
    const batches = [0, 1, 2, 3].map((seed) => randomBatch({ ...SIZES, seed }));
    const advance = async (from: number, to: number): Promise<unknown> => {
      for (let step = from; step < to; step++) {
        trainer.step(step, [batches[step % 4] as Batch]);
        if (step % 50 === 49) await trainer.readPoints();
      }
      return { ...deviceMemory(), trainer: trainer.executor.bytes };
    };
    const early = await advance(0, 50);
    const counts = countCalls();
    expect(await advance(50, 600)).toEqual(early);
    // Neither a step nor a read makes a buffer.
    expect(counts.stop().created).toEqual([]);
    trainer.dispose();
    roberta.dispose();
  });

  test('1,100 steps between two reads: every point is there, and nothing is left behind', async () => {
    const small = { ...MODEL, ...{ hiddenSize: 8, intermediateSize: 16, numHiddenLayers: 1, numAttentionHeads: 1 } };
    const batch = randomBatch({ rows: 1, columns: 4, vocabSize: 12, seed: 1 });
    const life = async (steps: number): Promise<StepPoint[]> => {
      const roberta = new Roberta(small, 12, drawWeights(small, 12, 1));
      const trainer = onWebgpu('single')(roberta, TRAINING);
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

  test('a read that ends after the run leaves nothing behind', async () => {
    const roberta = new Roberta(MODEL, VOCAB_SIZE, drawWeights(MODEL, VOCAB_SIZE, 1));
    const trainer = onWebgpu('single')(roberta, TRAINING);
    trainer.step(0, [randomBatch({ ...SIZES, seed: 0 })]);
    await trainer.readPoints();
    trainer.step(1, [randomBatch({ ...SIZES, seed: 1 })]);
    const counts = countCalls();
    // One through the buffer of the read before, one through a new one.
    const reads = [trainer.executor.readFigures(), trainer.executor.readFigures()];
    trainer.dispose();
    await Promise.all(reads);
    const { created, destroyed } = counts.stop();
    roberta.dispose();
    expect(created).toHaveLength(1);
    expect(destroyed.filter(({ usage }) => (usage & GPUBufferUsage.MAP_READ) !== 0)).toHaveLength(2);
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
