/** Runs that are kept: by the real worker, in the browser's own storage, across workers that die. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configForPreset, type RunConfig } from '../core/config.ts';
import type { HeldOutPoint, TrainPoint } from '../core/metrics.ts';
import { createEngineClient, type EngineClient, type Result } from './client.ts';
import type { KeptState } from './events.ts';

/** Outlives every worker that trains: starting one takes seconds. */
const other = createEngineClient();
const clients: EngineClient[] = [];

function startEngine(): EngineClient {
  const client = createEngineClient();
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

afterAll(() => other.dispose());

async function deleteAll(): Promise<void> {
  for (const { id } of (await other.call('runs.list', {})).runs) await other.call('runs.delete', { id });
}

beforeEach(deleteAll);

/** Dropout, accumulation, held-out passes between the saves: everything that a resumed run has to repeat. */
function testConfig(steps: number): RunConfig {
  const config = configForPreset('micro');
  return {
    ...config,
    tokenizer: { vocabSize: 300, minFrequency: 2 },
    pipeline: { ...config.pipeline, seqLength: 16 },
    data: { ...config.data, heldOutShare: 0.02 },
    training: {
      ...config.training,
      steps,
      batchSize: 4,
      gradientAccumulation: 2,
      warmupSteps: 2,
      logEvery: 3,
      evalEvery: 20,
      saveEvery: 1,
      averageDecay: 0.9,
      keepWeights: 'best',
    },
  };
}

async function prepare(client: EngineClient, config: RunConfig): Promise<void> {
  await client.call('device.probe', { choice: BACKEND });
  await client.call('data.load', { source: { kind: 'sonnets' }, config: config.data });
  await client.call('tokenizer.train', { config: config.tokenizer });
}

function start(client: EngineClient, { model, pipeline, training }: RunConfig) {
  return client.call('train.start', { model, pipeline, training, keepAs: 'Test run' });
}

function untilKept(client: EngineClient, test: (kept: KeptState) => boolean): Promise<KeptState> {
  return new Promise((resolve) => {
    const stop = client.subscribe('run.kept', (kept) => {
      if (!test(kept)) return;
      stop();
      resolve(kept);
    });
  });
}

/** A run's figures without those of the clock. */
function metricsOf({ points, heldOut }: { points: readonly TrainPoint[]; heldOut: readonly HeldOutPoint[] }): unknown {
  return { points: points.map(({ tokensPerSecond: _, elapsedMs: __, ...figures }) => figures), heldOut };
}

/** Every byte of a stored checkpoint's parameters, as text to compare. */
async function storedBytes(id: string): Promise<Record<string, string>> {
  const root = await navigator.storage.getDirectory();
  const folder = await (await root.getDirectoryHandle('runs')).getDirectoryHandle(id);
  const newest: Record<string, { readonly number: number; readonly file: FileSystemFileHandle }> = {};
  for await (const [name, handle] of folder.entries()) {
    const match = /^(weights|first|second)-(\d+)\.f32$/.exec(name);
    const [, part = '', number = '0'] = match ?? [];
    if (match === null || (newest[part]?.number ?? -1) > Number(number)) continue;
    newest[part] = { number: Number(number), file: handle as FileSystemFileHandle };
  }
  const entries = Object.entries(newest).map(async ([part, { file }]): Promise<[string, string]> => {
    const digest = await crypto.subtle.digest('SHA-256', await (await file.getFile()).arrayBuffer());
    return [part, new Uint8Array(digest).join()];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function onlyRun() {
  const { runs } = await other.call('runs.list', {});
  expect(runs).toHaveLength(1);
  const [run] = runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

/** Trains to the end, and reads what is kept of it. */
async function uninterrupted(config: RunConfig): Promise<{ opened: Result<'runs.open'>; bytes: unknown }> {
  await deleteAll();
  await prepare(other, config);
  await start(other, config);
  const { id } = await onlyRun();
  return { opened: await other.call('runs.open', { id }), bytes: await storedBytes(id) };
}

/**
 * A run whose worker is killed as soon as it was saved for the first time. A run that had ended by then,
 * because the machine is fast or the page had to wait, says nothing: then one of more steps.
 */
async function killedRun(steps: number): Promise<{ kept: KeptState; config: RunConfig }> {
  const config = testConfig(steps);
  const dying = startEngine();
  await prepare(dying, config);
  const saved = untilKept(dying, ({ step }) => (step ?? 0) > 0);
  start(dying, config).catch(() => null);
  const kept = await saved;
  dying.dispose();
  if (((await onlyRun()).step ?? 0) < steps) return { kept, config };
  await deleteAll();
  return killedRun(2 * steps);
}

/** On WebGPU: `deviceLost.gpu.test.ts`. */
const BACKEND = 'wasm';

describe('a run that is kept', () => {
  it('goes on from its last saved step when its worker has died, and ends with the same bits', async () => {
    const { kept, config } = await killedRun(240);
    const { steps } = config.training;
    const stored = await onlyRun();
    expect(stored).toMatchObject({ id: kept.id, name: 'Test run', phase: 'running', steps, problem: null });
    expect(stored.step).toBeGreaterThanOrEqual(kept.step ?? 0);
    expect(stored.step).toBeLessThan(steps);
    const opened = await other.call('runs.open', { id: stored.id });
    expect(opened).toMatchObject({ config, notices: [], summary: null, state: { phase: 'interrupted' } });
    expect(opened.points).toHaveLength(stored.step);
    expect((await other.call('train.continue', {})).steps).toBe(steps);

    const end = await other.call('runs.open', { id: stored.id });
    const endBytes = await storedBytes(stored.id);
    const whole = await uninterrupted(config);
    expect(metricsOf(end)).toEqual(metricsOf(whole.opened));
    expect(end.answers.at(-1)).toEqual(whole.opened.answers.at(-1));
    // The first answers were given before the worker died.
    expect(end.answers[0]).toEqual(whole.opened.answers[0]);
    expect(end.answers.length).toBeGreaterThan(1);
    expect(endBytes).toEqual(whole.bytes);
    expect(Object.keys(whole.bytes as object)).toHaveLength(3);
  });
});

describe('a stored run', () => {
  it('is saved at Pause, renamed, refused to another tab while it trains, and deleted', async () => {
    const config = testConfig(100_000);
    const trains = startEngine();
    await prepare(trains, { ...config, training: { ...config.training, saveEvery: 0 } });
    const first = untilKept(trains, () => true);
    const run = start(trains, { ...config, training: { ...config.training, saveEvery: 0 } });
    const { id, step } = await first;
    expect(step).toBe(0);
    expect(await onlyRun()).toMatchObject({ inUse: true, step: 0 });
    await expect(other.call('runs.delete', { id })).rejects.toMatchObject({ code: 'runInUse' });
    expect(await other.call('runs.open', { id })).toMatchObject({ inUse: true });
    await expect(other.call('train.continue', {})).rejects.toMatchObject({ code: 'runInUse' });
    const seen = new Promise<number>((resolve) => {
      other.subscribe('train.metrics', ({ points }) => points.length > 0 && resolve(points.length));
    });
    expect(await seen).toBeGreaterThan(0);

    const paused = untilKept(trains, ({ step: at }) => (at ?? 0) > 0);
    await trains.call('train.pause', {});
    const atPause = await paused;
    const { runs } = await other.call('runs.rename', { id, name: '<b>Sonnets</b> & more' });
    expect(runs[0]).toMatchObject({ name: '<b>Sonnets</b> & more', phase: 'paused', step: atPause.step });

    const free = new Promise((resolve) => other.subscribe('run.free', resolve));
    await trains.call('train.stop', {});
    await run;
    expect(await free).toEqual({ id });
    expect(await onlyRun()).toMatchObject({ inUse: false, phase: 'stopped' });
    expect((await other.call('runs.delete', { id })).runs).toEqual([]);
    await expect(other.call('runs.open', { id })).rejects.toMatchObject({ code: 'runMissing' });
  });

  it('that has ended opens with its weights, its figures and its optimizer', async () => {
    const config = testConfig(9);
    const client = startEngine();
    await prepare(client, config);
    const summary = await start(client, config);
    const answer = await client.call('test.fillMask', { text: 'Shall I <mask> thee', topK: 5 });
    const opened = await other.call('runs.open', { id: (await onlyRun()).id });
    expect(opened.summary).toMatchObject({ steps: 9, heldOut: summary.heldOut, trainLoss: summary.trainLoss });
    const again = await other.call('test.fillMask', { text: 'Shall I <mask> thee', topK: 5 });
    expect(again.masks).toEqual(answer.masks);
    await expect(other.call('train.continue', {})).rejects.toMatchObject({ code: 'runMissing' });
  });
});
