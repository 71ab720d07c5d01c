/** A tab behind another one goes on training at the same pace, although its timers are slowed down. */
import { expect, test } from '@playwright/test';
import { configForPreset } from '../../src/core/config.ts';
import { type HiddenTab, openHiddenTab } from '../hiddenTab.ts';

const MEASURED_MS = 2500;
/** Other processes share the machine; a loop on timers would be ten times slower and more. */
const SLOWEST = 0.5;

const { data, tokenizer, model, pipeline, training } = configForPreset('micro');
const RUN = { model, pipeline, training: { ...training, steps: 1_000_000, evalEvery: 0, saveEvery: 0 }, keepAs: null };

/** Runs in the tab: trains on the sonnets until the tab is closed. */
const START = `(async () => {
  while (!globalThis.folio) await new Promise((resolve) => setTimeout(resolve, 20));
  const { client } = folio;
  client.subscribe('train.state', (state) => { globalThis.run = state; });
  await client.call('device.probe', { choice: 'wasm' });
  await client.call('data.load', { source: { kind: 'sonnets' }, config: ${JSON.stringify(data)} });
  await client.call('tokenizer.train', { config: ${JSON.stringify({ ...tokenizer, vocabSize: 300 })} });
  client.call('train.start', ${JSON.stringify(RUN)});
})()`;

interface Pace {
  readonly stepsPerSecond: number;
  /** What the run's clock counted of the time that passed. */
  readonly countedShare: number;
}

async function paceOf(tab: HiddenTab): Promise<Pace> {
  const look = () =>
    tab.evaluate<{ step: number; elapsedMs: number; nowMs: number }>(
      '({ step: run.step, elapsedMs: run.elapsedMs, nowMs: performance.now() })',
    );
  const before = await look();
  await new Promise((resolve) => setTimeout(resolve, MEASURED_MS));
  const after = await look();
  const passedMs = after.nowMs - before.nowMs;
  return {
    stepsPerSecond: (1000 * (after.step - before.step)) / passedMs,
    countedShare: (after.elapsedMs - before.elapsedMs) / passedMs,
  };
}

test('a hidden tab trains on at the same pace, and its clock counts on', async ({ baseURL }) => {
  const tab = await openHiddenTab(new URL('headless.html', baseURL).href);
  try {
    await tab.evaluate(START);
    await expect.poll(() => tab.evaluate<number>('globalThis.run?.step ?? 0'), { timeout: 60_000 }).toBeGreaterThan(20);
    expect(await tab.evaluate('document.visibilityState')).toBe('visible');
    const seen = await paceOf(tab);
    await tab.hide();
    expect(await tab.evaluate('document.visibilityState')).toBe('hidden');
    const hidden = await paceOf(tab);
    // This browser does slow down what is hidden.
    const timers = `(async () => {
      let count = 0;
      for (const endMs = performance.now() + 1000; performance.now() < endMs; count++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      return count;
    })()`;
    expect(await tab.evaluate(timers)).toBeLessThan(5);
    await tab.show();
    const again = await paceOf(tab);
    const words = [seen, hidden, again].map(({ stepsPerSecond }) => stepsPerSecond.toFixed(1)).join(', ');
    console.log(`steps a second, seen, hidden and seen again: ${words}`);
    expect(hidden.stepsPerSecond, words).toBeGreaterThan(SLOWEST * Math.max(seen.stepsPerSecond, again.stepsPerSecond));
    for (const { countedShare } of [seen, hidden, again]) expect(Math.abs(countedShare - 1)).toBeLessThan(0.15);
  } finally {
    await tab.close();
  }
});
