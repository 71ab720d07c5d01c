/**
 * A run of many steps, and what is held soon after its start, halfway and near its end: nothing but its figures may grow. The
 * run is paused at each look: the browser takes its time to measure, and what the end of a run computes is no growth.
 */
import type { Page } from '@playwright/test';
import { configForPreset, type RunConfig } from '../src/core/config.ts';
import type { EngineClient, Result } from '../src/studio/client.ts';
import { createProfile } from './profile.ts';

export interface LongRunFigures extends Readonly<Result<'device.memory'>> {
  readonly step: number;
  /** JavaScript's memory of page and workers, as the browser measures it. */
  readonly heapBytes: number;
  /** All that the browser stores for the page. */
  readonly storedBytes: number;
}

/** What `headless.html` and this file put on the page. */
interface EnginePage {
  readonly folio: { readonly client: EngineClient };
  step: number;
  hasEnded: boolean;
}

/** Trains micro on the sonnets. */
export async function runLong(url: string, steps: number): Promise<LongRunFigures[]> {
  const { model, pipeline, training } = configForPreset('micro');
  const config = {
    ...configForPreset('micro'),
    model,
    pipeline,
    training: { ...training, steps, evalEvery: 500, saveEvery: 10, averageDecay: 0.99 },
  };
  const profile = createProfile();
  try {
    const { page } = await profile.open();
    await page.goto(new URL('headless.html', url).href);
    await page.waitForFunction(() => 'folio' in globalThis);
    await page.evaluate(startRun, config);
    const figures: LongRunFigures[] = [];
    for (const share of [0.05, 0.5, 0.95]) figures.push(await lookAt(page, Math.round(share * steps)));
    await page.waitForFunction(() => (globalThis as unknown as EnginePage).hasEnded, undefined, { timeout: 0 });
    return figures;
  } finally {
    await profile.remove();
  }
}

/** Runs in the page. */
async function startRun(config: RunConfig): Promise<void> {
  const page = globalThis as unknown as EnginePage;
  const { client } = page.folio;
  page.step = 0;
  client.subscribe('train.state', ({ step }) => {
    page.step = step;
  });
  await client.call('device.probe', { choice: 'wasm' });
  await client.call('data.load', { source: { kind: 'sonnets' }, config: config.data });
  await client.call('tokenizer.train', { config: config.tokenizer });
  const { model, pipeline, training } = config;
  void client.call('train.start', { model, pipeline, training, keepAs: 'Long run' }).finally(() => {
    page.hasEnded = true;
  });
}

async function lookAt(page: Page, step: number): Promise<LongRunFigures> {
  const reached = (wanted: number): boolean => (globalThis as unknown as EnginePage).step >= wanted;
  await page.waitForFunction(reached, step, { timeout: 0, polling: 500 });
  return page.evaluate(async () => {
    const engine = globalThis as unknown as EnginePage;
    const { client } = engine.folio;
    await client.call('train.pause', {});
    const memory = await client.call('device.memory', {});
    const measured = performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{ readonly bytes: number }>;
    };
    const { bytes } = await measured.measureUserAgentSpecificMemory();
    const { usage = 0 } = await navigator.storage.estimate();
    const { step } = engine;
    await client.call('train.resume', {});
    return { step, ...memory, heapBytes: bytes, storedBytes: usage };
  });
}
