/** The page stays fluid while it trains: no task of its main thread takes more than 50 ms of CPU time. */
import { expect, test } from '../fixtures.ts';
import { addReferences, runReferences } from '../reference.ts';
import { mainThreadTasks, TRACE_CATEGORIES } from '../trace.ts';

/** On the machine of reference; what shares the processor with the page shares it with the tasks of reference, too. */
const LONGEST_TASK_MS = 50;

test('no long task on the main thread while training', async ({ studio, page, browser }) => {
  await studio.goTo('Tokenizer');
  await studio.tokenizer.configure(400, 2);
  await studio.tokenizer.train();
  await studio.goTo('Pipeline');
  await studio.pipeline.showsBatch(64);
  await studio.goTo('Model');
  await studio.model.choosePreset('micro');
  // The fastest backend sends the most events, so it asks the most of the page.
  await studio.model.chooseDevice('wasm', 'WebAssembly');
  await studio.model.create();
  await studio.goTo('Train');
  await studio.train.configure({ steps: 20_000, learningRate: 0.003, warmupSteps: 50, evalEvery: 100, logEvery: 5 });
  await runReferences(page);
  await browser.startTracing(page, { categories: TRACE_CATEGORIES });
  await studio.train.start();
  await expect(studio.train.figure('Held-out loss')).toContainText(/at step ([2-9]\d\d|\d+,\d+)/, { timeout: 120_000 });
  await addReferences(page);
  const tasks = mainThreadTasks(await browser.stopTracing());
  // It was the training that was watched, and without tasks there was nothing to measure.
  await expect(studio.train.stopButton).toBeVisible();
  expect(tasks.length).toBeGreaterThan(100);
  const long = tasks.filter(({ scaledMs }) => scaledMs >= LONGEST_TASK_MS);
  const longest = Math.max(...tasks.map(({ scaledMs }) => scaledMs));
  console.log(`longest task ${tasks[0]?.cpuMs.toFixed(1)} ms; on the machine of reference ${longest.toFixed(1)} ms`);
  test.info().annotations.push({ type: 'longest task, ms', description: String(longest) });
  expect(long, `tasks over ${LONGEST_TASK_MS} ms of ${tasks.length}`).toEqual([]);
  await studio.train.stopButton.click();
  await studio.train.finish(60_000);
});
