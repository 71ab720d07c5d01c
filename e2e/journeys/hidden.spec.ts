/** A tab behind another one goes on training at its own pace, although its timers are slowed down, and its clock counts on. */
import { expect, test } from '@playwright/test';
import { configForPreset } from '../../src/core/config.ts';
import type { EngineClient } from '../../src/studio/client.ts';
import type { RunState } from '../../src/studio/events.ts';
import { openHiddenTab } from '../hiddenTab.ts';

/**
 * A hidden tab's timers are a second apart, and a loop on timers would make one step each. Ours makes dozens; the machine may
 * be busy with other work.
 */
const STEPS_A_TIMER = 4;
const TIMERS = 5;

const { data, tokenizer, model, pipeline, training } = configForPreset('micro');
const RUN = {
  device: { choice: 'wasm' },
  data: { source: { kind: 'sonnets' }, config: data },
  tokenizer: { config: { ...tokenizer, vocabSize: 300 } },
  training: {
    model,
    pipeline: { ...pipeline, seqLength: 16 },
    training: { ...training, steps: 1_000_000, batchSize: 4, logEvery: 20, evalEvery: 0, saveEvery: 0 },
    keepAs: null,
  },
} as const;

/** What `headless.html` and this file put on the tab. */
interface EnginePage {
  readonly folio: { readonly client: EngineClient };
  /** Why the run has ended, which it never should. */
  ended: Promise<never>;
}

/** Runs in the tab: starts to train on the sonnets; resolves once the first steps are done. */
async function start(run: typeof RUN): Promise<void> {
  const page = globalThis as unknown as EnginePage;
  const { client } = page.folio;
  await client.call('device.probe', run.device);
  await client.call('data.load', run.data);
  await client.call('tokenizer.train', run.tokenizer);
  const underWay = new Promise<void>((resolve) => {
    client.subscribe('train.state', ({ step }) => {
      if (step > 20) resolve();
    });
  });
  page.ended = client.call('train.start', run.training).then(() => {
    throw new Error('the run has ended');
  });
  await Promise.race([underWay, page.ended]);
}

interface Look {
  readonly state: RunState;
  /** The page's clock before and after: the run was looked at in between. */
  readonly askedMs: number;
  readonly answeredMs: number;
}

/** Runs in the tab. */
async function look(): Promise<Look> {
  const { client } = (globalThis as unknown as EnginePage).folio;
  const askedMs = performance.now();
  // A run that is going on has nothing to resume, and says how it stands.
  const state = await client.call('train.resume', {});
  return { state, askedMs, answeredMs: performance.now() };
}

/** Runs in the tab: waits until so many timers in a row have gone off a second apart, or as many as `most` by then. */
async function slowTimers({ wanted, most }: { wanted: number; most: number }): Promise<number> {
  const page = globalThis as unknown as EnginePage;
  let slow = 0;
  for (let count = 0; slow < wanted && count < most; count++) {
    const startedMs = performance.now();
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 10)), page.ended]);
    slow = performance.now() - startedMs > 800 ? slow + 1 : 0;
  }
  return slow;
}

/** The run's clock has counted what passed between two looks. */
function expectCounted(before: Look, after: Look): void {
  const countedMs = after.state.elapsedMs - before.state.elapsedMs;
  // The clocks of worker and page are rounded to parts of a millisecond.
  expect(countedMs).toBeGreaterThan(after.askedMs - before.answeredMs - 1);
  expect(countedMs).toBeLessThan(after.answeredMs - before.askedMs + 1);
}

test('a hidden tab trains on at its own pace, and its clock counts on', async ({ baseURL }) => {
  const tab = await openHiddenTab(new URL('headless.html', baseURL).href);
  try {
    await tab.evaluate(start, RUN);
    expect(await tab.evaluate(() => document.visibilityState)).toBe('visible');
    const seen = await tab.evaluate(look);
    await tab.hide();
    // This browser does slow down what is hidden, or else there would be nothing to show.
    expect(await tab.evaluate(slowTimers, { wanted: 3, most: 2000 })).toBe(3);
    const before = await tab.evaluate(look);
    await tab.evaluate(slowTimers, { wanted: TIMERS, most: TIMERS });
    const after = await tab.evaluate(look);
    const steps = after.state.step - before.state.step;
    console.log(`while hidden: ${steps} steps in the time of ${TIMERS} timers`);
    expect(steps).toBeGreaterThan(STEPS_A_TIMER * TIMERS);
    await tab.show();
    const again = await tab.evaluate(look);
    for (const [from, to] of [
      [seen, before],
      [before, after],
      [after, again],
    ] as const)
      expectCounted(from, to);
  } finally {
    await tab.close();
  }
});
