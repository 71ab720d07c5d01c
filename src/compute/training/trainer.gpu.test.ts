import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { distance, randomBatch } from '../../../test/tensors.ts';
import { configForPreset, type ModelConfig, type TrainingConfig } from '../../core/config.ts';
import { drawWeights, type Weights } from '../../model/initialize.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { deviceMemory, probeDevice } from '../backend.ts';
import { Roberta } from '../model/robertaModel.ts';
import { computeGradients, TfjsExecutor } from '../tfjs/executor.ts';
import { setBarrierFree } from '../tfjs/kernels/matMul.ts';
import { type StepPoint, Trainer } from './trainer.ts';

/** The benchmarks' bench-micro: H32 L2 T16 B4 V300. */
const VOCAB_SIZE = 300;
const SIZES = { rows: 4, columns: 16, vocabSize: VOCAB_SIZE };
const preset = configForPreset('micro');
const MODEL: ModelConfig = { ...preset.model, maxPositionEmbeddings: 18 };
const TRAINING: TrainingConfig = { ...preset.training, batchSize: 4, steps: 60, warmupSteps: 5, learningRate: 3e-3 };

function createModel(seed = 1): Roberta {
  return new Roberta(MODEL, VOCAB_SIZE, drawWeights(MODEL, VOCAB_SIZE, seed));
}

function tfjsTrainer(model: Roberta, training = TRAINING, seed = 1): Trainer {
  return new Trainer(model, training, seed, new TfjsExecutor(model, training));
}

/** Trains on fresh batches and hands out the weights and what every step reported. */
async function train(steps: number, readEvery = steps, seed = 1): Promise<{ weights: Weights; points: StepPoint[] }> {
  const model = createModel();
  const trainer = tfjsTrainer(model, TRAINING, seed);
  const points: StepPoint[] = [];
  for (let step = 0; step < steps; step++) {
    trainer.step(step, [randomBatch({ ...SIZES, seed: step, padding: step % 3 })]);
    if ((step + 1) % readEvery === 0) points.push(...(await trainer.readPoints()));
  }
  const weights = await model.readWeights();
  trainer.dispose();
  model.dispose();
  return { weights, points };
}

function largestDistance(a: Weights, b: Weights): number {
  return Math.max(...[...a].map(([name, values]) => distance(values, b.get(name) ?? [])));
}

// What trains in tfjs ops is WebGL and plain JavaScript; WebGPU and wasm do for the parity with PyTorch.
for (const backend of ['cpu', 'wasm'] as const) {
  describe(backend, () => {
    beforeAll(async () => {
      await probeDevice(backend);
    });

    test('tensors and bytes are the same after 3 steps and after 20, and none is left in the end', async () => {
      const before = deviceMemory();
      const model = createModel();
      const trainer = tfjsTrainer(model);
      const memory: ReturnType<typeof deviceMemory>[] = [];
      for (let step = 0; step < 20; step++) {
        trainer.step(step, [randomBatch({ ...SIZES, seed: step, padding: step % 3 })]);
        if (step !== 2 && step !== 19) continue;
        await trainer.readPoints();
        memory.push(deviceMemory());
      }
      expect(memory[1]).toEqual(memory[0]);
      expect(memory[0]?.tensors).toBeGreaterThan(before.tensors);
      trainer.dispose();
      model.dispose();
      expect(deviceMemory()).toEqual(before);
    });

    test('the same seed gives the same weights bit for bit, however often the figures are read', async () => {
      const first = await train(6);
      const second = await train(6, 2);
      expect(second.points).toEqual(first.points);
      expect([...second.weights]).toEqual([...first.weights]);
      // The only difference is what dropout drops.
      const other = await train(6, 6, 2);
      expect(largestDistance(other.weights, first.weights)).toBeGreaterThan(1e-4);
    });

    test('the loss falls on one batch seen again and again, and not at a learning rate of 0', async () => {
      const batch = randomBatch({ ...SIZES, seed: 9 });
      const losses = async (learningRate: number, steps: number): Promise<number[]> => {
        const model = createModel();
        const trainer = tfjsTrainer(model, { ...TRAINING, learningRate });
        for (let step = 0; step < steps; step++) trainer.step(step, [batch]);
        const points = await trainer.readPoints();
        trainer.dispose();
        model.dispose();
        expect(points.map((point) => point.step)).toEqual(Array.from({ length: steps }, (_, step) => step));
        return points.map((point) => point.loss);
      };
      const learned = await losses(3e-3, 25);
      // Nothing learned is ln V = 5.7.
      expect(Math.abs((learned[0] ?? 0) - Math.log(VOCAB_SIZE))).toBeLessThan(0.2);
      expect((learned[0] ?? 0) - (learned[24] ?? 0)).toBeGreaterThan(1);
      const still = await losses(0, 8);
      expect(Math.max(...still) - Math.min(...still)).toBeLessThan(0.2);
    });

    test('accumulated batches give the gradient of one batch that holds them all', async () => {
      const [a, b] = [randomBatch({ ...SIZES, seed: 1 }), randomBatch({ ...SIZES, seed: 2, padding: 7 })];
      const model = createModel();
      const [apart, together] = tf.tidy(() => {
        const results = [computeGradients(model, [a, b], null), computeGradients(model, [joined(a, b)], null)];
        return results.map(({ loss, accuracy, gradients }) => [loss, accuracy, ...gradients]);
      });
      expect(apart?.length).toBe(model.specs.length + 2);
      for (const [index, tensor] of (apart ?? []).entries()) {
        // The key biases have gradient 0 but for rounding: softmax does not see a shift.
        if (model.specs[index - 2]?.name.endsWith('key.bias')) continue;
        const expected = await together?.[index]?.data();
        expect(distance(await tensor.data(), expected ?? [])).toBeLessThan(1e-5);
      }
      tf.dispose([...(apart ?? []), ...(together ?? [])]);
      model.dispose();
    });

    test('a step whose gradients are not finite, and every later one, leaves the weights; the read shows it', async () => {
      const model = createModel();
      const trainer = tfjsTrainer(model);
      trainer.step(0, [randomBatch({ ...SIZES, seed: 0 })]);
      const before = await model.readWeights();
      const spoilt = randomBatch({ ...SIZES, seed: 1 });
      trainer.step(1, [{ ...spoilt, maskedWeights: spoilt.maskedWeights.map(() => Number.NaN) }]);
      trainer.step(2, [randomBatch({ ...SIZES, seed: 2 })]);
      const points = await trainer.readPoints();
      expect(points.map((point) => Number.isFinite(point.loss))).toEqual([true, false, true]);
      expect([...(await model.readWeights())]).toEqual([...before]);
      trainer.dispose();
      model.dispose();
    });

    test('a batch with nothing masked has loss 0 and no gradient', async () => {
      const model = createModel();
      const batch = randomBatch({ ...SIZES, seed: 3 });
      const { loss, gradients } = tf.tidy(() => {
        const result = computeGradients(model, [{ ...batch, maskedWeights: batch.maskedWeights.map(() => 0) }], 1);
        return { loss: result.loss, gradients: [...result.gradients] };
      });
      expect((await loss.data())[0]).toBe(0);
      for (const gradient of gradients) expect((await gradient.data()).every((value) => value === 0)).toBe(true);
      tf.dispose([loss, ...gradients]);
      model.dispose();
    });

    test('the pad row of the position table stays 0; the look-up leaves that of the word table to the decoder', async () => {
      const { weights } = await train(4);
      const row = (table: string): Float32Array | undefined =>
        weights.get(`roberta.embeddings.${table}_embeddings.weight`)?.subarray(MODEL.hiddenSize, 2 * MODEL.hiddenSize);
      expect(row('position')?.every((value) => value === 0)).toBe(true);
      expect(row('word')?.some((value) => value !== 0)).toBe(true);
    });
  });
}

test('WebGPU: the products for real adapters give the logits that those for software adapters do, the same bits twice', async () => {
  await probeDevice('webgpu');
  const model = createModel();
  const batch = randomBatch({ ...SIZES, seed: 1, padding: 2 });
  const [software = [], real = [], again = []] = await [true, false, false].reduce(async (before, barrierFree) => {
    const logits = await before;
    setBarrierFree(barrierFree);
    return [...logits, await model.logitsForRows(batch, batch.maskedPositions)];
  }, Promise.resolve<Float32Array[]>([]));
  expect(distance(software, real)).toBeLessThan(1e-5);
  expect(again).toEqual(real);
  model.dispose();
});

describe('inference', () => {
  test('logits of a row do not depend on padding, on other rows or on which rows are asked for', async () => {
    await probeDevice('wasm');
    const model = createModel();
    const sentence = [0, 20, 3, 40, 2];
    const input = {
      inputIds: Int32Array.from(sentence),
      attentionMask: new Int32Array(5).fill(1),
      rows: 1,
      columns: 5,
    };
    const alone = await model.logitsForRows(input, Int32Array.of(2, 4));
    const inputIds = Int32Array.from([0, 9, 8, 7, 6, 5, 2, ...sentence, 1, 1]);
    const attentionMask = inputIds.map((id) => (id === 1 ? 0 : 1));
    const among = await model.logitsForRows({ inputIds, attentionMask, rows: 2, columns: 7 }, Int32Array.of(9));
    expect(alone.length).toBe(2 * VOCAB_SIZE);
    expect(distance(among, alone.subarray(0, VOCAB_SIZE))).toBeLessThan(1e-5);
    model.dispose();
  });

  test('weights come back as they went in', async () => {
    await probeDevice('wasm');
    const weights = drawWeights(MODEL, VOCAB_SIZE, 3);
    const model = createModel();
    model.writeWeights(weights);
    expect([...(await model.readWeights())]).toEqual([...weights]);
    model.dispose();
  });
});

/** Two batches as one of twice the rows. */
function joined(a: Batch, b: Batch): Batch {
  const ids = (key: 'inputIds' | 'attentionMask' | 'labels'): Int32Array => Int32Array.of(...a[key], ...b[key]);
  const shift = a.rows * a.columns;
  return {
    ...a,
    rows: a.rows + b.rows,
    inputIds: ids('inputIds'),
    attentionMask: ids('attentionMask'),
    labels: ids('labels'),
    chosen: Uint8Array.of(...a.chosen, ...b.chosen),
    maskedPositions: Int32Array.of(...a.maskedPositions, ...b.maskedPositions.map((place) => place + shift)),
    maskedWeights: Float32Array.of(...a.maskedWeights, ...b.maskedWeights),
    tokens: a.tokens + b.tokens,
    maskedCount: a.maskedCount + b.maskedCount,
  };
}
