/**
 * A machine that sleeps in the middle of a run: the hour is no training time, and no step is said to have been slow. The
 * clock goes on a little whenever somebody looks at it, so that the figures are those of the run and not of the machine.
 */
import { expect, it, vi } from 'vitest';
import { configForPreset } from '../../core/config.ts';
import type { TrainPoint } from '../../core/metrics.ts';
import type { TrainMetrics } from '../events.ts';
import { commands } from './commands.ts';
import { createSession } from './session.ts';

const HOUR_MS = 3_600_000;
/** What goes by between two looks at the clock. */
const LOOK_MS = 5;
const PRESET = configForPreset('micro');
const MODEL = { ...PRESET.model, hiddenSize: 16, intermediateSize: 32 };
const TEXT = Array.from({ length: 80 }, (_, line) => `Line ${line} of a text that is long enough.`).join('\n');

it('leaves an hour of sleep out of every figure of the clock', async () => {
  vi.stubGlobal('navigator', {});
  let sleptMs = 0;
  let awakeMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    awakeMs += LOOK_MS;
    return awakeMs + sleptMs;
  });
  const points: TrainPoint[] = [];
  const state = createSession((event, payload) => {
    if (event !== 'train.metrics') return;
    points.push(...(payload as TrainMetrics).points);
    // The lid is closed once there are steps to compare with.
    if (points.length > 5) sleptMs = HOUR_MS;
  });
  await commands['device.probe'](state, { choice: 'cpu' });
  await commands['data.load'](state, {
    source: { kind: 'paste', text: TEXT },
    config: { heldOutShare: 0, splitSeed: 1 },
  });
  await commands['tokenizer.train'](
    state,
    { config: { vocabSize: 300, minFrequency: 2 } },
    new AbortController().signal,
  );
  const settings = { steps: 120, warmupSteps: 0, batchSize: 2, logEvery: 2, evalEvery: 0, saveEvery: 0 };
  const training = { ...PRESET.training, ...settings };
  const startedMs = awakeMs;
  const run = { model: MODEL, pipeline: { ...PRESET.pipeline, seqLength: 16 }, training, keepAs: null };
  const { seconds, tokensPerSecond } = await commands['train.start'](state, run);
  const tookMs = awakeMs - startedMs;
  expect(sleptMs).toBe(HOUR_MS);
  expect(seconds * 1000).toBeLessThanOrEqual(tookMs);
  expect(seconds * 1000).toBeGreaterThan(0.5 * tookMs);
  for (const { elapsedMs } of points) expect(elapsedMs).toBeLessThanOrEqual(tookMs);
  const slowest = Math.min(...points.map((point) => point.tokensPerSecond));
  expect(slowest).toBeGreaterThan(tokensPerSecond / 50);
});
