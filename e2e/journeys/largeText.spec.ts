/** A text of 14 MB is read and its tokenizer trained without a long task on the page's main thread. */
import { writeFile } from 'node:fs/promises';
import { expect, test } from '../fixtures.ts';
import { generateText } from '../perf/generatedText.ts';
import { mainThreadTasks, TRACE_CATEGORIES } from '../trace.ts';

const LONGEST_TASK_MS = 50;

test('a tokenizer on 14 MB does not freeze the page', async ({ studio, page, browser }) => {
  const path = test.info().outputPath('large.txt');
  await writeFile(path, generateText(14e6, 2));
  await studio.data.pick(path);
  await studio.data.isLoaded('large.txt');
  await studio.goTo('Tokenizer');
  await studio.tokenizer.configure(8000, 2);
  await browser.startTracing(page, { categories: TRACE_CATEGORIES });
  expect(await studio.tokenizer.train()).toBe(8000);
  const tasks = mainThreadTasks(await browser.stopTracing());
  expect(tasks.length).toBeGreaterThan(50);
  const long = tasks.filter(({ cpuMs }) => cpuMs >= LONGEST_TASK_MS);
  test.info().annotations.push({ type: 'longest task, ms', description: String(tasks[0]?.cpuMs) });
  expect(long, `tasks over ${LONGEST_TASK_MS} ms of ${tasks.length}`).toEqual([]);
});
