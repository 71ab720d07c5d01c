/** A large text is read and its tokenizer trained without a long task on the page's main thread. */
import { writeFile } from 'node:fs/promises';
import { type Browser, test } from '@playwright/test';
import { expect } from './fixtures.ts';
import type { Studio } from './pages/studio.ts';
import { generateText } from './perf/generatedText.ts';
import { runReferences } from './reference.ts';
import { mainThreadTasks, TRACE_CATEGORIES } from './trace.ts';

/** On the machine of reference. */
const LONGEST_TASK_MS = 50;

export async function trainOnLargeText(
  studio: Studio,
  browser: Browser,
  sizes: { readonly bytes: number; readonly vocabSize: number },
): Promise<void> {
  const path = test.info().outputPath('large.txt');
  await writeFile(path, generateText(sizes.bytes, 2));
  await studio.data.pick(path);
  await studio.data.isLoaded('large.txt');
  await studio.goTo('Tokenizer');
  await studio.tokenizer.configure(sizes.vocabSize, 2);
  await runReferences(studio.page);
  await browser.startTracing(studio.page, { categories: TRACE_CATEGORIES });
  expect(await studio.tokenizer.train()).toBe(sizes.vocabSize);
  const tasks = mainThreadTasks(await browser.stopTracing());
  expect(tasks.length).toBeGreaterThan(50);
  const long = tasks.filter(({ scaledMs }) => scaledMs >= LONGEST_TASK_MS);
  test.info().annotations.push({ type: 'longest task, ms', description: String(tasks[0]?.cpuMs) });
  expect(long, `tasks over ${LONGEST_TASK_MS} ms of ${tasks.length}`).toEqual([]);
}
