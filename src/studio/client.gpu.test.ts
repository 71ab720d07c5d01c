/** The real worker behind the real client: what it answers, refuses, keeps, and repeats bit for bit. */

import { afterAll, describe, expect, it } from 'vitest';
import { configForPreset, type RunConfig } from '../core/config.ts';
import { DEFAULT_EXPORT } from '../files/exportOptions.ts';
import { createEngineClient, type EngineClient, type Params } from './client.ts';
import type { RunState } from './events.ts';

/** One for all tests, since starting one takes seconds. */
const client = createEngineClient();

afterAll(() => client.dispose());

/** Small enough for a test on any backend; two epochs' worth of dropout, masks and order. */
function testConfig(steps = 12): RunConfig {
  const config = configForPreset('micro');
  return {
    ...config,
    tokenizer: { vocabSize: 300, minFrequency: 2 },
    pipeline: { ...config.pipeline, seqLength: 16 },
    training: { ...config.training, steps, batchSize: 4, warmupSteps: 2, logEvery: 3, evalEvery: 0 },
  };
}

async function prepare(client: EngineClient, config: RunConfig): Promise<Params<'train.start'>> {
  await client.call('device.probe', { choice: 'wasm' });
  await client.call('data.load', { source: { kind: 'sonnets' }, config: { heldOutShare: 0, splitSeed: 1 } });
  await client.call('tokenizer.train', { config: config.tokenizer });
  return { model: config.model, pipeline: config.pipeline, training: config.training, keepAs: null };
}

async function weightBytes(client: EngineClient): Promise<string> {
  const zip = await client.call('export.zip', { name: 'test', options: DEFAULT_EXPORT });
  const bytes = new Uint8Array((await zip?.arrayBuffer()) ?? []);
  const text = new TextDecoder('latin1').decode(bytes);
  // Stored, not compressed: the file's bytes lie in the zip as they are, from its header to the next entry.
  const start = text.indexOf('{"__metadata__"');
  const end = text.indexOf('PK\u0003\u0004', start);
  expect(start).toBeGreaterThan(0);
  return text.slice(start, end);
}

/** The state of the run once it is in one of these phases. */
function untilPhase(...phases: RunState['phase'][]): Promise<RunState> {
  return new Promise((resolve) => {
    const stop = client.subscribe('train.state', (state) => {
      if (!phases.includes(state.phase)) return;
      stop();
      resolve(state);
    });
  });
}

/** A run that is paused, asked and looked into as soon as it has taken steps. @returns null if it had ended by then */
async function disturbedRun(steps: number) {
  const { training, ...config } = testConfig(steps);
  const params = await prepare(client, { ...config, training: { ...training, evalEvery: 5 } });
  const looked: Promise<unknown>[] = [];
  const stop = client.subscribe('train.metrics', ({ points }) => {
    if (points.length === 0) return;
    stop();
    void client.call('train.pause', {});
    looked.push(
      client.call('test.fillMask', { text: 'Shall I <mask> thee', topK: 3 }),
      client.call('inside.look', { text: 'Shall I compare', hidden: [2], weights: 'now' }),
      client.call('inside.look', { text: 'Shall I compare', hidden: [2], weights: 'start' }),
      client.call('inside.surprise', { text: 'Shall I compare', from: 0 }),
      client.call('inside.map', {}),
    );
  });
  const state = untilPhase('paused', 'finished');
  const run = client.call('train.start', params);
  const { phase, step } = await state;
  if (phase === 'paused') return { step, run, looked };
  await Promise.all([run, ...looked]);
  return null;
}

// First of all, while nothing was made.
it('asks for the missing step', async () => {
  const text = client.call('tokenizer.train', { config: testConfig().tokenizer });
  await expect(text).rejects.toMatchObject({ code: 'stepMissing', details: { step: 'data' } });
  const model = client.call('test.fillMask', { text: '<mask>', topK: 1 });
  await expect(model).rejects.toMatchObject({ code: 'stepMissing', details: { step: 'model' } });
});

describe('a run', () => {
  it('gives the same weights whether or not it was paused, asked, looked into and exported on the way', async () => {
    let steps = 50;
    let started = await disturbedRun(steps);
    // A run that had ended before the pause came, since the page had to wait, says nothing.
    while (started === null) {
      steps *= 4;
      started = await disturbedRun(steps);
    }
    expect(started.step).toBeLessThan(steps);
    const halfway = await weightBytes(client);
    await client.call('train.resume', {});
    expect((await started.run).steps).toBe(steps);
    expect(await Promise.all(started.looked)).toHaveLength(5);

    const plain = createEngineClient();
    await plain.call('train.start', await prepare(plain, testConfig(steps)));
    const final = await weightBytes(plain);
    plain.dispose();
    expect(await weightBytes(client)).toBe(final);
    expect(halfway).not.toBe(final);
  });

  it('stops when told, keeps its weights, and refuses other work meanwhile', async () => {
    const config = testConfig();
    const params = await prepare(client, { ...config, training: { ...config.training, steps: 100_000 } });
    const running = untilPhase('running');
    const run = client.call('train.start', params);
    await running;
    await expect(client.call('tokenizer.train', { config: config.tokenizer })).rejects.toMatchObject({ code: 'busy' });
    await expect(client.call('export.zip', { name: 'x', options: DEFAULT_EXPORT })).rejects.toMatchObject({
      code: 'busy',
    });
    await client.call('train.stop', {});
    const summary = await run;
    expect(summary.steps).toBeLessThan(100_000);
    const answer = await client.call('test.fillMask', { text: 'Shall I <mask> thee', topK: 5 });
    expect(answer.masks[0]).toHaveLength(5);
    expect(answer.step).toBe(summary.steps);
  });
});

describe('what was made', () => {
  it('survives a text that is refused', async () => {
    const config = testConfig();
    await prepare(client, config);
    const refused = client.call('data.load', { source: { kind: 'paste', text: ' \n ' }, config: config.data });
    await expect(refused).rejects.toMatchObject({ code: 'dataEmpty' });
    const tokens = await client.call('tokenizer.encode', { text: 'love' });
    expect(tokens.map(({ id }) => id)).toHaveLength(tokens.length);
    expect(tokens.length).toBeGreaterThan(2);
  });
});

describe('cancelling the tokenizer', () => {
  it('ends it in the middle, and leaves the tokenizer before it in place', async () => {
    const alphabet = 'abcdefghijklmnopqrstuvwxyz';
    let seed = 1;
    const word = (): string => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Array.from({ length: 4 + (seed % 7) }, (_, i) => alphabet[(seed >>> i) % 26]).join('');
    };
    const text = Array.from({ length: 60_000 }, () => `${word()} ${word()} ${word()} ${word()}`).join('\n');
    await client.call('data.load', { source: { kind: 'paste', text }, config: { heldOutShare: 0, splitSeed: 1 } });
    await client.call('tokenizer.train', { config: { vocabSize: 300, minFrequency: 2 } });
    const before = await client.call('tokenizer.encode', { text: 'my mistress’ eyes' });
    let reports = 0;
    const progress = new Promise<void>((resolve) => {
      client.subscribe('tokenizer.progress', () => {
        reports++;
        resolve();
      });
    });
    const training = client.call('tokenizer.train', { config: { vocabSize: 60_000, minFrequency: 2 } });
    await progress;
    client.cancel('tokenizer.train');
    // Answered after the cancel was read.
    await client.call('device.memory');
    const reportsThen = reports;
    expect(await training).toBeNull();
    // One is of the slice that was under way.
    expect(reports - reportsThen, 'reports of progress after the cancel').toBeLessThanOrEqual(1);
    expect(await client.call('tokenizer.encode', { text: 'my mistress’ eyes' })).toEqual(before);
  });
});

describe('the devices', () => {
  it('are measured with the sizes chosen, and the fastest one is taken', async () => {
    const params = await prepare(client, testConfig());
    const { times, report } = await client.call('device.measure', params);
    expect(times.map(({ backend }) => backend)).toEqual(['wasm', 'webgpu']);
    expect(times[0]?.msPerStep).toBeGreaterThan(0);
    const fastest = times.toSorted(
      (a, b) => (a.msPerStep ?? Number.POSITIVE_INFINITY) - (b.msPerStep ?? Number.POSITIVE_INFINITY),
    );
    expect(report.active).toBe(fastest[0]?.backend);
    expect(report.plan.backend).toBe(report.active);
    const summary = await client.call('train.start', params);
    expect(summary.backend).toBe(report.active);
  });
});
