/** What is the CPU engine's own: threads, variants, logits, memory. Its steps: `training/stepTrainers.gpu.test.ts`. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { distance, randomBatch } from '../../../test/tensors.ts';
import { configForPreset, type ModelConfig, type TrainingConfig } from '../../core/config.ts';
import type { KernelVariant } from '../../core/device.ts';
import { drawWeights, type Weights } from '../../model/initialize.ts';
import { probeDevice } from '../backend.ts';
import { Roberta } from '../model/robertaModel.ts';
import { TfjsExecutor } from '../tfjs/executor.ts';
import { setFused } from '../tfjs/kernels/fusion.ts';
import { createTrainer, Trainer } from '../training/trainer.ts';
import { CpuEngine, cpuEngineOf } from './engine.ts';
import { WasmExecutor } from './executor.ts';
import { compileVariant } from './kernels.ts';

const VOCAB_SIZE = 301;
const preset = configForPreset('micro');
const MODEL: ModelConfig = { ...preset.model, maxPositionEmbeddings: 40, attentionProbsDropoutProb: 0.1 };
const TRAINING: TrainingConfig = { ...preset.training, steps: 60, warmupSteps: 5, learningRate: 3e-3 };
const STEPS = 6;

const model = (config = MODEL): Roberta => new Roberta(config, VOCAB_SIZE, drawWeights(config, VOCAB_SIZE, 1));
const batch = (seed: number) => randomBatch({ rows: 5, columns: 13, vocabSize: VOCAB_SIZE, seed, padding: seed % 3 });

beforeAll(async () => {
  await probeDevice('wasm');
});

afterEach(() => setFused(true));

/** Trains with an engine of its own. @returns final weights, and how many threads the last step had */
async function trainWith(variant: KernelVariant, threads: number): Promise<{ weights: Weights; threads: number }> {
  const { module } = await compileVariant(variant);
  const roberta = model();
  const engine = new CpuEngine(roberta, module, threads);
  roberta.lendParameters(engine.copy);
  while (engine.threads.count < threads) await new Promise((resolve) => setTimeout(resolve, 10));
  const trainer = new Trainer(roberta, TRAINING, 1, new WasmExecutor(TRAINING, engine));
  for (let step = 0; step < STEPS; step++) trainer.step(step, [batch(step)]);
  const used = engine.threads.count;
  const weights = await roberta.readWeights();
  trainer.dispose();
  engine.threads.dispose();
  roberta.dispose();
  return { weights, threads: used };
}

describe('threads', () => {
  test.each(['relaxed', 'simd'] as const)('their number does not change a bit (%s)', async (variant) => {
    const alone = await trainWith(variant, 1);
    for (const threads of [2, 3]) {
      const together = await trainWith(variant, threads);
      expect(together.threads).toBe(threads);
      expect([...together.weights]).toEqual([...alone.weights]);
    }
  });

  test('both variants learn the same, up to rounding', async () => {
    const [relaxed, simd] = [await trainWith('relaxed', 1), await trainWith('simd', 1)];
    for (const [name, values] of relaxed.weights) {
      if (name.endsWith('self.key.bias')) continue;
      expect(distance(values, simd.weights.get(name) ?? []), name).toBeLessThan(1e-2);
    }
  });

  test('a run goes on alone while they have not started', () => {
    const roberta = model();
    const engine = cpuEngineOf(roberta);
    expect(engine?.threads.count).toBe(1);
    const trainer = createTrainer(roberta, TRAINING, { seed: 1 });
    expect(trainer.executor).toBeInstanceOf(WasmExecutor);
    trainer.step(0, [batch(0)]);
    trainer.dispose();
    roberta.dispose();
  });
});

test.each([
  { words: 'the engine’s own thread', row: 0 },
  { words: 'a helper', row: -1 },
])('a kernel that stops in $words ends the step with an error, and the next one runs', async ({ row }) => {
  const roberta = model();
  const engine = cpuEngineOf(roberta);
  await vi.waitFor(() => expect(engine?.threads.count).toBeGreaterThan(1));
  const trainer = createTrainer(roberta, TRAINING, { seed: 1 });
  const good = batch(0);
  const maskedPositions = good.maskedPositions.slice();
  // A row far outside of the memory.
  maskedPositions.set([2 ** 24], (row + maskedPositions.length) % maskedPositions.length);
  expect(() => trainer.step(0, [{ ...good, maskedPositions }])).toThrow();
  trainer.step(0, [good]);
  expect((await trainer.readPoints())[0]?.loss).toBeGreaterThan(0);
  trainer.dispose();
  roberta.dispose();
});

describe('logits', () => {
  const odd = { ...MODEL, hiddenSize: 30, numAttentionHeads: 3, intermediateSize: 67 };

  test.each([
    { words: 'as presets have them', config: MODEL },
    { words: 'that are no multiple of four', config: odd },
  ])('of batches of any shape and sizes $words, and everything inside, are those of tfjs ops', async ({ config }) => {
    const roberta = model(config);
    for (const [rows, columns, padding] of [
      [1, 1, 0],
      [2, 7, 3],
      [4, 32, 5],
      [1, 38, 0],
    ] as const) {
      const input = randomBatch({ rows, columns, vocabSize: VOCAB_SIZE, seed: columns, padding });
      const read = (fused: boolean, positions: Int32Array | null) => {
        setFused(fused);
        return roberta.infer(input, positions);
      };
      for (const positions of [Int32Array.from(input.inputIds.keys()), null]) {
        const [ours, plain] = [await read(true, positions), await read(false, positions)];
        expect(Object.keys(ours)).toEqual(Object.keys(plain));
        for (const [name, values] of Object.entries(plain)) {
          expect(distance(ours[name] ?? [], values), `${rows} × ${columns} ${name}`).toBeLessThan(1e-5);
        }
      }
    }
    roberta.dispose();
  });

  test('follow weights that tfjs ops train', async () => {
    const roberta = model();
    const asked = batch(1);
    const read = () => roberta.logitsForRows(asked, asked.maskedPositions);
    const before = await read();
    const trainer = new Trainer(roberta, TRAINING, 1, new TfjsExecutor(roberta, TRAINING));
    for (let step = 0; step < 3; step++) trainer.step(step, [batch(step)]);
    const after = await read();
    setFused(false);
    expect(distance(after, await read())).toBeLessThan(1e-5);
    expect(distance(after, before)).toBeGreaterThan(1e-3);
    await trainer.readPoints();
    trainer.dispose();
    roberta.dispose();
  });
});

test('300 steps, evaluation in between and several trainers take no more memory than the first', async () => {
  const roberta = model();
  const engine = cpuEngineOf(roberta);
  if (engine === null) throw new Error('no engine');
  const life = async (steps: number): Promise<void> => {
    const trainer = createTrainer(roberta, TRAINING, { seed: 1 });
    for (let step = 0; step < steps; step++) {
      trainer.step(step, [batch(step)]);
      if (step % 10 === 0) await roberta.logitsForRows(batch(step), batch(step).maskedPositions);
    }
    trainer.dispose();
  };
  await life(20);
  const [bytes, tensors] = [engine.memory.bytes, tf.memory().numTensors];
  for (const steps of [300, 20, 20]) await life(steps);
  expect(engine.memory.bytes).toBe(bytes);
  expect(tf.memory().numTensors).toBe(tensors);
  roberta.dispose();
});
