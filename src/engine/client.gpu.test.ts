/** The real worker behind the real client: what it answers, refuses, keeps, and repeats bit for bit. */

import { afterEach, describe, expect, it } from 'vitest';
import { configForPreset, type RunConfig } from '../core/config.ts';
import { DEFAULT_EXPORT } from '../core/export/options.ts';
import { createEngineClient, type EngineClient } from './client.ts';
import type { CommandParams, RunState } from './protocol.ts';

const clients: EngineClient[] = [];

function startEngine(): EngineClient {
  const client = createEngineClient();
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

/** Small enough for a test on any backend; two epochs' worth of dropout, masks and order. */
function testConfig(): RunConfig {
  const config = configForPreset('micro');
  return {
    ...config,
    tokenizer: { vocabSize: 300, minFrequency: 2 },
    pipeline: { ...config.pipeline, seqLength: 16 },
    training: { ...config.training, steps: 12, batchSize: 4, warmupSteps: 2, logEvery: 3, evalEvery: 0 },
  };
}

async function prepare(client: EngineClient, config: RunConfig): Promise<CommandParams<'train.start'>> {
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

function untilPhase(client: EngineClient, phase: RunState['phase']): Promise<RunState> {
  return new Promise((resolve) => {
    const stop = client.subscribe('train.state', (state) => {
      if (state.phase !== phase) return;
      stop();
      resolve(state);
    });
  });
}

describe('a run', () => {
  it('gives the same weights whether or not it was paused, asked, looked into and exported on the way', async () => {
    const config = testConfig();
    const plain = startEngine();
    await plain.call('train.start', await prepare(plain, config));

    const disturbed = startEngine();
    const params = await prepare(disturbed, { ...config, training: { ...config.training, evalEvery: 5 } });
    let asked = false;
    const looked: Promise<unknown>[] = [];
    disturbed.subscribe('train.metrics', ({ points }) => {
      if (points.length > 0 && !asked) {
        asked = true;
        void disturbed.call('train.pause', {});
        void disturbed.call('test.fillMask', { text: 'Shall I <mask> thee', topK: 3 });
        looked.push(
          disturbed.call('inside.look', { text: 'Shall I compare', hidden: [2], weights: 'now' }),
          disturbed.call('inside.look', { text: 'Shall I compare', hidden: [2], weights: 'start' }),
          disturbed.call('inside.surprise', { text: 'Shall I compare', from: 0 }),
          disturbed.call('inside.map', {}),
        );
      }
    });
    const paused = untilPhase(disturbed, 'paused');
    const run = disturbed.call('train.start', params);
    const state = await paused;
    expect(state.step).toBeLessThan(config.training.steps);
    const halfway = await weightBytes(disturbed);
    await disturbed.call('train.resume', {});
    expect((await run).steps).toBe(config.training.steps);
    expect(await Promise.all(looked)).toHaveLength(4);

    const final = await weightBytes(plain);
    expect(await weightBytes(disturbed)).toBe(final);
    expect(halfway).not.toBe(final);
  });

  it('stops when told, keeps its weights, and refuses other work meanwhile', async () => {
    const config = testConfig();
    const client = startEngine();
    const params = await prepare(client, { ...config, training: { ...config.training, steps: 5000 } });
    const running = untilPhase(client, 'running');
    const run = client.call('train.start', params);
    await running;
    await expect(client.call('tokenizer.train', { config: config.tokenizer })).rejects.toMatchObject({ code: 'busy' });
    await expect(client.call('export.zip', { name: 'x', options: DEFAULT_EXPORT })).rejects.toMatchObject({
      code: 'busy',
    });
    await client.call('train.stop', {});
    const summary = await run;
    expect(summary.steps).toBeLessThan(5000);
    const answer = await client.call('test.fillMask', { text: 'Shall I <mask> thee', topK: 5 });
    expect(answer.masks[0]).toHaveLength(5);
    expect(answer.step).toBe(summary.steps);
  });
});

describe('what was made', () => {
  it('survives a text that is refused', async () => {
    const config = testConfig();
    const client = startEngine();
    await prepare(client, config);
    const refused = client.call('data.load', { source: { kind: 'paste', text: ' \n ' }, config: config.data });
    await expect(refused).rejects.toMatchObject({ code: 'dataEmpty' });
    const tokens = await client.call('tokenizer.encode', { text: 'love' });
    expect(tokens.map(({ id }) => id)).toHaveLength(tokens.length);
    expect(tokens.length).toBeGreaterThan(2);
  });

  it('asks for the missing step', async () => {
    const client = startEngine();
    const text = client.call('tokenizer.train', { config: testConfig().tokenizer });
    await expect(text).rejects.toMatchObject({ code: 'stepMissing', details: { step: 'data' } });
    const model = client.call('test.fillMask', { text: '<mask>', topK: 1 });
    await expect(model).rejects.toMatchObject({ code: 'stepMissing', details: { step: 'model' } });
  });
});

describe('cancelling the tokenizer', () => {
  it('answers within 200 ms and leaves the tokenizer before it in place', async () => {
    const alphabet = 'abcdefghijklmnopqrstuvwxyz';
    let seed = 1;
    const word = (): string => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Array.from({ length: 4 + (seed % 7) }, (_, i) => alphabet[(seed >>> i) % 26]).join('');
    };
    const text = Array.from({ length: 60_000 }, () => `${word()} ${word()} ${word()} ${word()}`).join('\n');
    const client = startEngine();
    await client.call('data.load', { source: { kind: 'paste', text }, config: { heldOutShare: 0, splitSeed: 1 } });
    await client.call('tokenizer.train', { config: { vocabSize: 300, minFrequency: 2 } });
    const before = await client.call('tokenizer.encode', { text: 'my mistress’ eyes' });
    const progress = new Promise<void>((resolve) => {
      client.subscribe('tokenizer.progress', () => resolve());
    });
    const training = client.call('tokenizer.train', { config: { vocabSize: 60_000, minFrequency: 2 } });
    await progress;
    const askedMs = performance.now();
    await client.call('tokenizer.cancel', {});
    expect(await training).toBeNull();
    expect(performance.now() - askedMs).toBeLessThan(200);
    expect(await client.call('tokenizer.encode', { text: 'my mistress’ eyes' })).toEqual(before);
  });
});

describe('the devices', () => {
  it('are measured with the sizes chosen, and the fastest one is taken', async () => {
    const client = startEngine();
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
