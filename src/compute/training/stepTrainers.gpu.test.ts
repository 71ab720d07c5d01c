/**
 * The recorded steps, on WebGPU and on the processor, against the same step in tfjs ops, which the parity test holds against
 * PyTorch.
 */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Create, MODEL, onWebgpu, SIZES, TRAINING, VOCAB_SIZE } from '../../../test/recordedTrainers.ts';
import { distance, randomBatch } from '../../../test/tensors.ts';
import type { BackendName } from '../../core/device.ts';
import { drawWeights, type Weights } from '../../model/initialize.ts';
import { sizeOf } from '../../model/value.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { probeDevice } from '../backend.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { Roberta } from '../model/robertaModel.ts';
import { TfjsExecutor } from '../tfjs/executor.ts';
import { cpuEngineOf } from '../wasm/engine.ts';
import { WasmExecutor } from '../wasm/executor.ts';
import { type StepPoint, Trainer } from './trainer.ts';

afterEach(throwOnDeviceFailure);

function onProcessor(seed = 1): Create {
  return (model, training) => {
    const engine = cpuEngineOf(model);
    if (engine === null) throw new Error('no engine');
    return new Trainer(model, training, seed, new WasmExecutor(training, engine));
  };
}

const reference: Create = (model, training) => new Trainer(model, training, 1, new TfjsExecutor(model, training));

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

const outcomes = new Map<string, Outcome>();

/** The same steps in tfjs ops, taken once: on wasm, where they are fastest, and where dropout drops the same. */
async function referenceOf(steps: number, training = TRAINING, model = MODEL): Promise<Outcome> {
  const key = JSON.stringify([steps, training, model]);
  const { active } = await probeDevice('wasm');
  const outcome = outcomes.get(key) ?? (await train(reference, steps, training, model));
  outcomes.set(key, outcome);
  expect(active).toBe('wasm');
  return outcome;
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

/** Six steps at a stretch, against three, a state read while the fourth is taken, and three by another trainer on other weights. */
async function expectSameAfterResume(create: Create, steps: number): Promise<void> {
  const batchOf = (step: number): Batch => randomBatch({ ...SIZES, seed: step, padding: step % 3 });
  const whole = new Roberta(MODEL, VOCAB_SIZE, drawWeights(MODEL, VOCAB_SIZE, 1));
  const uninterrupted = create(whole, TRAINING);
  for (let step = 0; step < steps / 2; step++) uninterrupted.step(step, [batchOf(step)]);
  const reading = uninterrupted.readState();
  for (let step = steps / 2; step < steps; step++) uninterrupted.step(step, [batchOf(step)]);
  const state = await reading;
  expect(state.step).toBe(steps / 2);
  const points = await uninterrupted.readPoints();
  const end = await uninterrupted.readState();
  uninterrupted.dispose();
  whole.dispose();

  const other = new Roberta(MODEL, VOCAB_SIZE, drawWeights(MODEL, VOCAB_SIZE, 2));
  const resumed = create(other, TRAINING);
  resumed.loadState(state);
  for (let step = steps / 2; step < steps; step++) resumed.step(step, [batchOf(step)]);
  expect(await resumed.readPoints()).toEqual(points.slice(steps / 2));
  const resumedEnd = await resumed.readState();
  for (const part of ['weights', 'firstMoments', 'secondMoments'] as const) {
    expect([...resumedEnd[part]], part).toEqual([...end[part]]);
    expect([...end[part].keys()]).toEqual(other.specs.map(({ name }) => name));
    for (const spec of other.specs) expect(end[part].get(spec.name)?.length).toBe(sizeOf(spec.shape));
  }
  expect(distance(end.firstMoments.get('lm_head.bias') ?? [], new Float32Array(VOCAB_SIZE))).toBeGreaterThan(0);
  expect(resumedEnd).toMatchObject({ step: steps, healthy: true });
  resumed.dispose();
  other.dispose();
}

/** The figures' bits, NaN included. */
function bitsOf({ weights, points }: Outcome): unknown {
  return { weights: [...weights], points };
}

// Fewer steps on WebGPU: the adapter is a software one, where tfjs ops are slow, and barriers, too.
const CASES: readonly { words: string; backend: BackendName; steps: number; create: (seed?: number) => Create }[] = [
  { words: 'WebGPU, without barriers', backend: 'webgpu', steps: 10, create: (seed) => onWebgpu('single', seed) },
  { words: 'WebGPU, with shared memory', backend: 'webgpu', steps: 5, create: (seed) => onWebgpu('shared', seed) },
  { words: 'the processor', backend: 'wasm', steps: 20, create: (seed) => onProcessor(seed) },
];

describe.each(CASES)('on $words', ({ backend, steps, create: seeded }) => {
  const create = seeded(1);
  const model = (): Roberta => new Roberta(MODEL, VOCAB_SIZE, drawWeights(MODEL, VOCAB_SIZE, 1));
  const batch = (seed: number): Batch => randomBatch({ ...SIZES, seed });

  beforeEach(async () => {
    expect((await probeDevice(backend)).active).toBe(backend);
  });

  test('steps with dropout agree with tfjs ops, and the same seed gives the same bits', async () => {
    const first = await train(create, steps);
    expect(bitsOf(await train(create, steps))).toEqual(bitsOf(first));
    // The only difference is what dropout drops.
    const other = await train(seeded(2), 1);
    expectAlike(first, await referenceOf(steps));
    expect(other.points[0]?.loss).not.toBe(first.points[0]?.loss);
  });

  test('dropout of attention probabilities agrees with tfjs ops', async () => {
    const dropping = { ...MODEL, attentionProbsDropoutProb: 0.3 };
    expectAlike(await train(create, 3, TRAINING, dropping), await referenceOf(3, TRAINING, dropping));
  });

  test('sizes that are no multiple of four agree with tfjs ops, and what fills them up stays 0', async () => {
    // Hidden dropout counts what fills rows up.
    const odd = { ...MODEL, hiddenSize: 30, numAttentionHeads: 3, intermediateSize: 67 };
    const dropping = { ...odd, hiddenDropoutProb: 0, attentionProbsDropoutProb: 0.3 };
    const training = { ...TRAINING, gradientAccumulation: 2, labelSmoothing: 0.1, weightDecay: 0.5 };
    expectAlike(await train(create, 3, training, dropping), await referenceOf(3, training, dropping));
    await probeDevice(backend);
    const roberta = new Roberta(odd, VOCAB_SIZE, drawWeights(odd, VOCAB_SIZE, 1));
    const trainer = create(roberta, TRAINING);
    const { executor } = trainer;
    for (let step = 0; step < 3; step++) trainer.step(step, [batch(step)]);
    const flats = await executor.read(['parameters', 'gradients', 'first', 'second']);
    trainer.dispose();
    roberta.dispose();
    const own = new Set<number>();
    for (const { to, length } of [...executor.layout.runsOf.values()].flat()) {
      for (let place = to; place < to + length; place++) own.add(place);
    }
    expect(own.size).toBeLessThan(executor.layout.length);
    for (const flat of flats) expect(flat.findIndex((value, place) => value !== 0 && !own.has(place))).toBe(-1);
  });

  test('accumulated batches agree with tfjs ops', async () => {
    const training = { ...TRAINING, gradientAccumulation: 3, clipNorm: 0, weightDecay: 0.5 };
    expectAlike(await train(create, 3, training), await referenceOf(3, training));
  });

  test('whoever reads the model during training sees the last step; what is written is trained on', async () => {
    const roberta = model();
    const trainer = create(roberta, TRAINING);
    const asked = batch(9);
    const logits = () => roberta.logitsForRows(asked, asked.maskedPositions);
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

  test('a run read in the middle and taken up by a new trainer ends with the same bits', async () => {
    await expectSameAfterResume(create, 6);
  });

  test('the flag of a step that was not finite is taken along', async () => {
    const roberta = model();
    const trainer = create(roberta, TRAINING);
    const spoilt = batch(0);
    trainer.step(0, [{ ...spoilt, maskedWeights: spoilt.maskedWeights.map(() => Number.NaN) }]);
    const state = await trainer.readState();
    expect(state.healthy).toBe(false);
    trainer.dispose();
    const next = create(roberta, TRAINING);
    next.loadState(state);
    next.step(1, [batch(1)]);
    expect([...(await roberta.readWeights())]).toEqual([...state.weights]);
    next.dispose();
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
});

test.each(['wasm', 'cpu', 'webgpu'] as const)('tfjs ops on %s take up a run with the same bits', async (backend) => {
  expect((await probeDevice(backend)).active).toBe(backend);
  await expectSameAfterResume(reference, 6);
});
