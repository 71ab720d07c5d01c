/** The smallest run that goes through every step, for journeys that are about something else. */
import { expect } from '@playwright/test';
import type { Studio } from './pages/studio.ts';

/** Preset micro and a few steps, as the part of an address that follows the page. */
export const MICRO_LINK = `#data?${new URLSearchParams({
  'tokenizer.vocabSize': '400',
  'pipeline.seqLength': '32',
  'model.numHiddenLayers': '2',
  'model.hiddenSize': '32',
  'model.numAttentionHeads': '2',
  'model.intermediateSize': '128',
  'model.maxPositionEmbeddings': '34',
  'training.batchSize': '8',
  'training.learningRate': '0.01',
  'training.steps': '30',
  'training.warmupSteps': '3',
  'training.evalEvery': '10',
  'training.logEvery': '2',
})}`;

/** Steps 2 to 5 by clicks, on WebAssembly, from a page that was opened with {@link MICRO_LINK}. */
export async function trainMicro(studio: Studio): Promise<void> {
  await studio.goTo('Tokenizer');
  await studio.tokenizer.train();
  await studio.next('Pipeline');
  await studio.pipeline.showsBatch(32);
  await studio.next('Model');
  await studio.model.chooseDevice('wasm', 'wasm');
  await studio.model.create();
  await studio.next('Train');
  await studio.train.start();
  await studio.train.finish(120_000);
  await expect(studio.page.getByText(/held-out loss [\d.]+ after 30 steps/).first()).toBeVisible();
}
