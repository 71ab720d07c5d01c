/** Which weights a run of the real worker ends with. */
import { afterAll, describe, expect, it } from 'vitest';
import { configForPreset, type TrainingConfig } from '../core/config.ts';
import type { HeldOutPoint, TrainPoint } from '../core/metrics.ts';
import type { RunSummary } from '../steps/train/trainCommands.ts';
import { createEngineClient } from './client.ts';

/** One for all runs, since starting one takes seconds. */
const client = createEngineClient();

afterAll(() => client.dispose());

interface Run {
  readonly summary: RunSummary;
  readonly heldOut: readonly HeldOutPoint[];
  readonly points: readonly TrainPoint[];
}

async function train(changes: Partial<TrainingConfig>): Promise<Run> {
  const config = configForPreset('micro');
  await client.call('device.probe', { choice: 'wasm' });
  await client.call('data.load', { source: { kind: 'sonnets' }, config: { heldOutShare: 0.05, splitSeed: 1 } });
  await client.call('tokenizer.train', { config: { vocabSize: 300, minFrequency: 2 } });
  const heldOut: HeldOutPoint[] = [];
  const points: TrainPoint[] = [];
  const stop = client.subscribe('train.metrics', (metrics) => {
    heldOut.push(...metrics.heldOut);
    points.push(...metrics.points);
  });
  const pipeline = { ...config.pipeline, seqLength: 16 };
  const training = { ...config.training, steps: 40, batchSize: 4, warmupSteps: 2, evalEvery: 5, ...changes };
  const summary = await client.call('train.start', { model: config.model, pipeline, training, keepAs: null });
  stop();
  return { summary, heldOut, points };
}

/** Learns for some steps, then throws everything away. */
const WRECKED = { learningRate: 0.6, warmupSteps: 40, clipNorm: 0 } as const;

describe('the weights of the lowest held-out loss', () => {
  it('are those that the run ends with, and it says at which step', async () => {
    const { summary, heldOut } = await train({ ...WRECKED, keepWeights: 'best' });
    const onTheWay = heldOut.slice(0, -1);
    const best = onTheWay.reduce((lowest, point) => (point.loss < lowest.loss ? point : lowest));
    expect(best.step).toBeLessThan(40);
    expect(summary.weightsStep).toBe(best.step);
    // The same weights on more masks.
    expect(Math.abs((summary.heldOut?.loss ?? 0) - best.loss)).toBeLessThan(0.2);
    expect(onTheWay.at(-1)?.loss).toBeGreaterThan(best.loss + 0.1);
  });

  it('are not where the last ones are asked for', async () => {
    const { summary, heldOut } = await train({ ...WRECKED, keepWeights: 'last' });
    expect(summary.weightsStep).toBe(40);
    expect(summary.heldOut?.loss).toBeGreaterThan(Math.min(...heldOut.map(({ loss }) => loss)) + 0.5);
  });
});

it('a run that no longer improves ends after as many looks as it was given', async () => {
  const { summary, heldOut } = await train({ ...WRECKED, steps: 400, patience: 3 });
  expect(summary.endedEarly).toBe(true);
  expect(summary.steps).toBe(summary.weightsStep + 3 * 5);
  expect(heldOut.at(-1)?.step).toBe(summary.steps);
});

describe('the average of the weights', () => {
  it('changes what is looked at and kept, and nothing of the training', async () => {
    const [plain, averaged] = [await train({}), await train({ averageDecay: 0.99 })];
    expect(averaged.points.map(({ loss }) => loss)).toEqual(plain.points.map(({ loss }) => loss));
    const losses = ({ heldOut }: Run): number[] => heldOut.slice(1).map(({ loss }) => loss);
    expect(losses(averaged)).not.toEqual(losses(plain));
  });
});
