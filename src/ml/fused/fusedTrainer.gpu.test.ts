/** The recorded step against the same step in tfjs ops, which the parity test holds against PyTorch. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { configForPreset, type ModelConfig, type TrainingConfig } from '../../core/config.ts';
import { probeDevice } from '../backend.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { drawWeights, type Weights } from '../model/initialize.ts';
import { Roberta } from '../model/roberta.ts';
import { distance, randomBatch } from '../testing/tensors.ts';
import type { StepPoint, StepTrainer } from '../training/stepTrainer.ts';
import { Trainer } from '../training/trainer.ts';
import { FusedTrainer } from './fusedTrainer.ts';
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

describe.each(['single', 'shared'] as const)('kernels in style %s', (style) => {
  test('20 steps with dropout agree with tfjs ops', async () => {
    expectAlike(await train(fused(style), 20), await train(reference, 20));
  });
});
void distance;
