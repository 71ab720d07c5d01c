/** A large text is read and its tokenizer trained without a long task on the page's main thread. */
import { writeFile } from 'node:fs/promises';
import { type Browser, test } from '@playwright/test';
import { expect } from './fixtures.ts';
import type { Studio } from './pages/studio.ts';
import { generateText } from './perf/generatedText.ts';
import { addReferences, runReferences } from './reference.ts';
import { mainThreadTasks, TRACE_CATEGORIES } from './trace.ts';

/** On the machine of reference. */
const LONGEST_TASK_MS = 50;

/** Does something while the main thread is watched: none of its tasks is long. */
async function expectFluid(studio: Studio, browser: Browser, act: () => Promise<void>): Promise<void> {
  await runReferences(studio.page);
  await browser.startTracing(studio.page, { categories: TRACE_CATEGORIES });
  await act();
  await addReferences(studio.page);
  const tasks = mainThreadTasks(await browser.stopTracing());
  expect(tasks.length).toBeGreaterThan(50);
  const long = tasks.filter(({ scaledMs }) => scaledMs >= LONGEST_TASK_MS);
  test.info().annotations.push({ type: 'longest task, ms', description: String(tasks[0]?.cpuMs) });
  expect(long, `tasks over ${LONGEST_TASK_MS} ms of ${tasks.length}`).toEqual([]);
}

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
  await expectFluid(studio, browser, async () => {
    expect(await studio.tokenizer.train()).toBe(sizes.vocabSize);
  });
}

/** A table with so many bytes of text in one of its columns. */
export async function readLargeTable(studio: Studio, browser: Browser, bytes: number): Promise<void> {
  const path = test.info().outputPath('large.csv');
  const lines = generateText(bytes, 2)
    .split('\n')
    .filter((line) => line !== '');
  await writeFile(path, ['number,text', ...lines.map((line, at) => `${at},"${line}"`)].join('\n'));
  await expectFluid(studio, browser, async () => {
    await studio.data.pick(path);
    await expect(studio.page.getByText('It is a table (CSV, columns separated by commas)')).toBeVisible({
      timeout: 300_000,
    });
  });
  expect(await studio.data.count('Lines')).toBe(lines.length);
}
