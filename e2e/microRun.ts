/** The smallest run that goes through every step, for journeys that are about something else. */
import { expect } from '@playwright/test';
import type { Studio } from './pages/studio.ts';

/** Steps 2 to 5 by clicks, on WebAssembly, from a page that was opened with `MICRO_LINK`. */
export async function trainMicro(studio: Studio): Promise<void> {
  await studio.goTo('Tokenizer');
  await studio.tokenizer.train();
  await studio.next('Pipeline');
  await studio.pipeline.showsBatch(32);
  await studio.next('Model');
  await studio.model.chooseDevice('wasm', 'WebAssembly');
  await studio.model.create();
  await studio.next('Train');
  await studio.train.start();
  await studio.train.finish(120_000);
  await expect(studio.page.getByText(/held-out loss [\d.]+ after 30 steps/).first()).toBeVisible();
}
