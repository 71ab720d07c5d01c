/**
 * Tasks of reference in a page, for tests that bound CPU time: where another process shares the core, every task takes more of
 * it. Each begins with a mark, so that a trace tells them from the page's own.
 */
import type { Browser, Page } from '@playwright/test';
import { REFERENCE_MS, referenceTask } from '../test/referenceTask.ts';
import { REFERENCE_MARK, referenceTaskMs, TRACE_CATEGORIES } from './trace.ts';

const MARKED = `performance.mark(${JSON.stringify(REFERENCE_MARK)}); (${referenceTask})();`;
const EVERY_MS = 250;
const TURNS = 9;

/** Runs one now and then, until the page is left. */
export async function runReferences(page: Page): Promise<void> {
  await page.evaluate(`setInterval(() => { ${MARKED} }, ${EVERY_MS})`);
}

/** Runs some at once: what was traced may have been over before one was due. */
export async function addReferences(page: Page): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await page.evaluate(`{ ${MARKED} }`);
}

/** How many times longer a task takes here and now than on the machine of reference. */
export async function slowness(browser: Browser, page: Page): Promise<number> {
  await browser.startTracing(page, { categories: TRACE_CATEGORIES });
  await addReferences(page);
  const sorted = referenceTaskMs(await browser.stopTracing()).sort((a, b) => a - b);
  return (sorted[Math.floor(TURNS / 2)] ?? Number.NaN) / REFERENCE_MS;
}
