/** The browser is killed, or the page reloaded, in the middle of a run: it goes on as if nothing had happened, byte for byte. */
import { expect, type Page, test } from '@playwright/test';
import { configForPreset } from '../../src/core/config.ts';
import type { HeldOutPoint, TrainPoint } from '../../src/core/metrics.ts';
import type { EngineClient } from '../../src/studio/client.ts';
import { runWithKills } from '../killedRun.ts';

// The long form, `npm run test:long`, kills 20 times.
test('a run whose browser is killed twice ends with the bytes of one that was left alone', async ({ baseURL }) => {
  const sizes = { steps: 1000, evalEvery: 200, saveEvery: 1, hiddenSize: 32, batchSize: 8 };
  const options = { ...sizes, url: baseURL ?? '', backend: 'wasm' } as const;
  const killed = await runWithKills({
    ...options,
    kills: [
      { step: 200, afterMs: 40 },
      { step: 500, afterMs: 100 },
    ],
  });
  const whole = await runWithKills({ ...options, kills: [] });
  // It was killed in its middle, and not when all was done.
  for (const step of killed.resumedAt) expect(step).toBeLessThan(1000);
  expect(killed.hashes).toEqual(whole.hashes);
  expect(killed.points).toEqual(whole.points);
  expect(killed.points).toHaveLength(1000);
  expect(killed.heldOut).toEqual(whole.heldOut);
});

const { model, pipeline, training } = configForPreset('micro');
const RUN = {
  model,
  pipeline: { ...pipeline, seqLength: 16 },
  training: { ...training, steps: 1000, batchSize: 4, logEvery: 2, evalEvery: 5, saveEvery: 0, averageDecay: 0.9 },
};
const TEXT = Array.from({ length: 200 }, (_, line) => `Line ${line} of a text that is read again and again.`).join(
  '\n',
);
const FIRST_LOOK = 5;

/** What `headless.html` and this file put on the page. */
interface EnginePage {
  readonly folio: { readonly client: EngineClient };
  seen: { readonly points: TrainPoint[]; readonly heldOut: HeldOutPoint[]; keptStep: number };
}

/** The engine without a window, which notes what its run tells. */
async function openEngine(page: Page): Promise<void> {
  await page.goto('headless.html');
  await page.waitForFunction(() => 'folio' in globalThis);
  await page.evaluate(() => {
    const engine = globalThis as unknown as EnginePage;
    engine.seen = { points: [], heldOut: [], keptStep: 0 };
    engine.folio.client.subscribe('train.metrics', ({ points, heldOut }) => {
      engine.seen.points.push(...points);
      engine.seen.heldOut.push(...heldOut);
    });
    engine.folio.client.subscribe('run.kept', ({ step }) => {
      engine.seen.keptStep = step ?? 0;
    });
  });
}

async function call(page: Page, command: 'train.pause' | 'train.resume'): Promise<void> {
  await page.evaluate((name) => (globalThis as unknown as EnginePage).folio.client.call(name, {}), command);
}

/** Waits for the held-out pass of a step. @returns figures by step, those of the clock left out */
async function until(page: Page, step: number) {
  const reached = (wanted: number): boolean =>
    (globalThis as unknown as EnginePage).seen.heldOut.some((point) => point.step >= wanted);
  await page.waitForFunction(reached, step, { timeout: 180_000 });
  const { points, heldOut } = await page.evaluate(() => (globalThis as unknown as EnginePage).seen);
  return {
    points: points.map(({ tokensPerSecond: _a, elapsedMs: _b, ...figures }) => figures),
    heldOut,
  };
}

test('on WebGPU, held-out figures after a reload are those of the run that went on', async ({ page }) => {
  await openEngine(page);
  await page.evaluate(
    async ({ run, text }) => {
      const { client } = (globalThis as unknown as EnginePage).folio;
      await client.call('device.probe', { choice: 'webgpu' });
      const config = { heldOutShare: 0.2, splitSeed: 1 };
      await client.call('data.load', { source: { kind: 'paste', text }, config });
      await client.call('tokenizer.train', { config: { vocabSize: 300, minFrequency: 2 } });
      client.call('train.start', { ...run, keepAs: 'On WebGPU' }).catch(() => null);
    },
    { run: RUN, text: TEXT },
  );
  // Saved once, at a pause in the middle; then it goes on, and this is what it would have been.
  await until(page, FIRST_LOOK);
  await call(page, 'train.pause');
  await page.waitForFunction(() => (globalThis as unknown as EnginePage).seen.keptStep > 0);
  const keptStep = await page.evaluate(() => (globalThis as unknown as EnginePage).seen.keptStep);
  await call(page, 'train.resume');
  // Two looks on, wherever the pause has caught it.
  const lastLook = (Math.floor(keptStep / FIRST_LOOK) + 2) * FIRST_LOOK;
  const whole = await until(page, lastLook);

  await openEngine(page);
  const saved = await page.evaluate(async () => {
    const { client } = (globalThis as unknown as EnginePage).folio;
    const { runs } = await client.call('runs.list', {});
    const { state, device, notices } = await client.call('runs.open', { id: runs[0]?.id ?? '' });
    client.call('train.continue', {}).catch(() => null);
    return { step: state.step, backend: device.active, notices };
  });
  expect(saved).toEqual({ step: keptStep, backend: 'webgpu', notices: [] });
  const resumed = await until(page, lastLook);
  const later = whole.heldOut.filter(({ step }) => step > saved.step && step <= lastLook);
  expect(later.length).toBeGreaterThan(0);
  expect(resumed.heldOut.filter(({ step }) => step <= lastLook)).toEqual(later);
  const steps = whole.points.filter(({ step }) => step >= saved.step && step < lastLook);
  expect(resumed.points.filter(({ step }) => step < lastLook)).toEqual(steps);
});
