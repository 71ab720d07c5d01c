/** Checkpoints in memory: what is written comes back, and what was harmed on the way is never taken for whole. */
import { describe, expect, test } from 'vitest';
import { heldOutPoint, trainPoint } from '../../../test/points.ts';
import { configForPreset } from '../../core/config.ts';
import {
  type CheckpointContents,
  type CheckpointFacts,
  findCheckpoint,
  POINTS_PER_FILE,
  readFigures,
  writeCheckpoint,
} from './checkpoints.ts';
import { createMemoryStore, type FileStore } from './fileStore.ts';
import { encodeManifest, type Manifest, SCHEMA_VERSION } from './manifest.ts';

const RUN = 'run';

function facts(number: number, step: number): CheckpointFacts {
  return {
    schema: SCHEMA_VERSION,
    folio: '0.1.0',
    number,
    createdMs: 1,
    savedMs: 2 + number,
    title: 'Run 1',
    phase: 'running',
    step,
    healthy: true,
    elapsedMs: 1.25 * step,
    heldOutLoss: null,
    answers: [
      { step: 0, verses: [{ parts: ['a ', ''], fills: [{ truth: ' b', guess: ' c', probability: Number.NaN }] }] },
    ],
    weightsStep: step,
    config: configForPreset('micro'),
    choice: 'auto',
    plan: {
      version: 2,
      backend: 'wasm',
      adapter: 'wasm',
      fused: true,
      kernelStyle: null,
      kernelVariant: 'simd',
      threads: 2,
    },
    startedFrom: null,
    text: {
      isSonnets: false,
      corpus: 2,
      notices: ['A notice.'],
      readAs: ['a.csv: CSV'],
      repairs: [{ name: 'frame', repaired: '17 lines left out' }],
    },
  };
}

const point = (step: number) =>
  trainPoint({
    step,
    loss: Math.fround(Math.sin(step)) + 1e-300,
    maskedAccuracy: step % 7 === 0 ? Number.NaN : 1 / 3,
    learningRate: 1e-3 / (step + 1),
    gradientNorm: step === 5 ? Number.POSITIVE_INFINITY : -0.5,
    tokensPerSecond: 1234.5678,
    elapsedMs: step * 1.1,
  });

function contents(seed: number, steps: number): CheckpointContents {
  const values = (scale: number) =>
    new Map([
      ['a', Float32Array.from({ length: 5 }, (_, i) => Math.sin(seed + scale * i))],
      ['b', Float32Array.from({ length: 3 }, (_, i) => (i === 0 ? Number.NaN : scale / (seed + i)))],
    ]);
  return {
    sources: [{ name: 'a.txt', text: 'Zwölf Boxkämpfer 😀\n' }],
    vocab: '{}',
    merges: '#version: 0.2\n',
    layout: null,
    weights: values(1),
    firstMoments: values(2),
    secondMoments: values(3),
    last: values(6),
    average: values(4),
    best: { step: seed, loss: 1.5, weights: values(5) },
    points: Array.from({ length: steps }, (_, step) => point(step)),
    heldOut: [],
  };
}

/** Three checkpoints, of which the last two remain. */
async function threeCheckpoints(store: FileStore): Promise<Manifest> {
  let manifest: Manifest | null = null;
  for (const [number, step] of [10, 20, 30].entries()) {
    manifest = await writeCheckpoint(store, RUN, facts(number, step), contents(number, step), manifest);
  }
  if (manifest === null) throw new Error('three were written');
  return manifest;
}

async function overwrite(store: FileStore, name: string, change: (bytes: Uint8Array<ArrayBuffer>) => void) {
  const bytes = await store.read(RUN, name);
  if (bytes === null) throw new Error(`no ${name}`);
  change(bytes);
  await store.write(RUN, name, bytes);
}

describe('checkpoints', () => {
  test('the newest comes back to the last bit, figures that are no numbers included', async () => {
    const store = createMemoryStore();
    await threeCheckpoints(store);
    const found = await findCheckpoint(store, RUN);
    if (typeof found === 'string') throw new Error(found);
    expect(found.manifest).toMatchObject({
      step: 30,
      number: 2,
      answers: facts(2, 30).answers,
      config: configForPreset('micro'),
    });
    expect(readFigures(found)).toEqual({ points: contents(2, 30).points, heldOut: [] });
    const bytes = found.files.get(found.manifest.firstMoments.name);
    const { firstMoments } = contents(2, 30);
    const expected = Float32Array.from([...(firstMoments.get('a') ?? []), ...(firstMoments.get('b') ?? [])]);
    expect(bytes).toEqual(new Uint8Array(expected.buffer));
  });

  test('the one before is kept, older ones are not; the text is written once', async () => {
    const store = createMemoryStore();
    await threeCheckpoints(store);
    const names = await store.files(RUN);
    expect(names.filter((name) => name.startsWith('manifest')).sort()).toEqual(['manifest-1.json', 'manifest-2.json']);
    expect(names.filter((name) => name.startsWith('text'))).toEqual(['text-0-0.txt']);
    expect(names.filter((name) => name.startsWith('weights')).sort()).toEqual(['weights-1.f32', 'weights-2.f32']);
  });

  test('figures of many steps are written in parts that stay', async () => {
    const store = createMemoryStore();
    const before = await writeCheckpoint(store, RUN, facts(0, 1), contents(0, POINTS_PER_FILE + 5), null);
    const after = await writeCheckpoint(store, RUN, facts(1, 2), contents(0, 2 * POINTS_PER_FILE + 7), before);
    expect(after.points.map(({ name }) => name)).toEqual(['points-0-0.json', 'points-1-1.json', 'points-2-1.json']);
    const found = await findCheckpoint(store, RUN);
    if (typeof found === 'string') throw new Error(found);
    expect(readFigures(found).points).toEqual(contents(0, 2 * POINTS_PER_FILE + 7).points);
  });

  test('any byte flipped in any file of the newest is seen, and the one before is used', async () => {
    const whole = createMemoryStore();
    await threeCheckpoints(whole);
    const own = (await whole.files(RUN)).filter((name) => /-2\.\w+$/.test(name));
    expect(own).toHaveLength(9);
    for (const name of own) {
      const { length } = (await whole.read(RUN, name)) ?? [];
      expect(length, name).toBeGreaterThan(0);
      // Every byte of short files, and 60 of the manifest, which is long.
      for (let at = 0; at < (length ?? 0); at += Math.ceil((length ?? 0) / 60)) {
        await overwrite(whole, name, (bytes) => bytes.set([(bytes[at] ?? 0) ^ 1], at));
        const found = await findCheckpoint(whole, RUN);
        expect(found, `${name}, byte ${at}`).toMatchObject({ manifest: { step: 20 }, skipped: ['damaged'] });
        await overwrite(whole, name, (bytes) => bytes.set([(bytes[at] ?? 0) ^ 1], at));
      }
    }
    expect(await findCheckpoint(whole, RUN)).toMatchObject({ manifest: { step: 30 }, skipped: [] });
  });

  test('the best weights are not stored twice where the run ended with them', async () => {
    const store = createMemoryStore();
    const { weights, ...rest } = contents(1, 3);
    const best = { step: 1, loss: 1.5, weights };
    const before = await writeCheckpoint(store, RUN, facts(0, 1), { ...rest, weights, best }, null);
    expect(before.best?.weights).toEqual(before.weights);
    const going = await writeCheckpoint(store, RUN, facts(1, 2), { ...contents(2, 3), best }, before);
    expect(going.best?.weights).toEqual(before.weights);
    const ended = { ...facts(2, 3), weightsStep: 1 };
    const end = await writeCheckpoint(store, RUN, ended, { ...contents(3, 3), weights, best }, going);
    expect(end.best?.weights).toEqual(end.weights);
    expect(await store.files(RUN)).not.toContain('best-0.f32');
    expect(await findCheckpoint(store, RUN)).toMatchObject({ manifest: { step: 3 }, skipped: [] });
  });

  test('a checkpoint of the version before is read, with what it lacks at its default', async () => {
    const store = createMemoryStore();
    const { startedFrom: _a, layout: _b, last: _c, ...known } = await threeCheckpoints(store);
    const older = { ...known, schema: 1 } as unknown as Manifest;
    await store.write(RUN, 'manifest-2.json', await encodeManifest(older));
    const manifest = { step: 30, startedFrom: null, layout: null, last: null };
    expect(await findCheckpoint(store, RUN)).toMatchObject({ manifest, skipped: [] });
  });

  test('figures from before a metric was in the table are read: NaN, or null where it is not always measured', async () => {
    const store = createMemoryStore();
    const { gradientNorm: _a, ...point } = trainPoint({ step: 1 });
    const { top5: _b, wordAccuracy: _c, words: _d, ...look } = heldOutPoint({ step: 1 });
    const older = { ...contents(0, 1), points: [point], heldOut: [look] } as unknown as CheckpointContents;
    await writeCheckpoint(store, RUN, facts(0, 1), older, null);
    const found = await findCheckpoint(store, RUN);
    if (typeof found === 'string') throw new Error(found);
    expect(readFigures(found)).toEqual({
      points: [{ ...point, gradientNorm: Number.NaN }],
      heldOut: [{ ...look, top5: Number.NaN, wordAccuracy: null, words: null }],
    });
  });

  test('a file that both need, damaged, or a missing one, leaves nothing', async () => {
    const store = createMemoryStore();
    await threeCheckpoints(store);
    await overwrite(store, 'text-0-0.txt', (bytes) => bytes.set([0x58], 3));
    expect(await findCheckpoint(store, RUN)).toBe('damaged');
    expect(await findCheckpoint(store, 'no such run')).toBe('damaged');
  });

  test('a checkpoint of another schema is recognised as that, and not as damaged', async () => {
    const store = createMemoryStore();
    const manifest = await threeCheckpoints(store);
    const older = { ...manifest, schema: 0 } as unknown as Manifest;
    await store.write(RUN, 'manifest-2.json', await encodeManifest(older));
    expect(await findCheckpoint(store, RUN)).toMatchObject({ manifest: { step: 20 }, skipped: ['version'] });
    await store.remove(RUN, 'manifest-1.json');
    expect(await findCheckpoint(store, RUN)).toBe('version');
  });

  test('a manifest from before answers were kept is read, without any', async () => {
    const store = createMemoryStore();
    const { answers: _, ...older } = await threeCheckpoints(store);
    await store.write(RUN, 'manifest-2.json', await encodeManifest(older as Manifest));
    expect(await findCheckpoint(store, RUN)).toMatchObject({ manifest: { step: 30, answers: [] }, skipped: [] });
  });

  test('a full disk is said, and what was saved before stays whole', async () => {
    const roomy = createMemoryStore();
    await writeCheckpoint(roomy, RUN, facts(0, 10), contents(0, 10), null);
    let used = 0;
    for (const name of await roomy.files(RUN)) used += (await roomy.read(RUN, name))?.byteLength ?? 0;
    const small = createMemoryStore(used + 100);
    const first = await writeCheckpoint(small, RUN, facts(0, 10), contents(0, 10), null);
    const second = writeCheckpoint(small, RUN, facts(1, 20), contents(1, 20), first);
    await expect(second).rejects.toMatchObject({ code: 'storageFull' });
    expect(await findCheckpoint(small, RUN)).toMatchObject({ manifest: { step: 10 }, skipped: [] });
  });
});
