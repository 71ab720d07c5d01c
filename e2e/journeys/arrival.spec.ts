/** How the built page arrives: what it takes until its largest part is there, and whether anything moves under the person's hand. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { Studio } from '../pages/studio.ts';
import { slowness } from '../reference.ts';
import { cpuMsUntilLargestPaint, TRACE_CATEGORIES } from '../trace.ts';

/**
 * Work of the main thread until the largest paint, on the machine of reference or a faster one; how long a busy machine takes
 * for it is another matter.
 */
const MOST_WORK_MS = 1000;
const LARGEST_SHIFT = 0.05;

/** What the script below puts on the page. */
interface ShiftPage {
  /** Sum of the layout shifts that no input caused. */
  shift: number;
}

/** Adds up the layout shifts from the first one on. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const watched = globalThis as unknown as ShiftPage;
    watched.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[]) {
        if (!entry.hadRecentInput) watched.shift += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** Everything has arrived, was laid out and has been drawn. */
async function settle(page: Page): Promise<void> {
  await expect(page.getByText(/WebGPU|WebAssembly/).first()).toBeVisible();
  await page.evaluate(async () => {
    await document.fonts.ready;
    // Entries of a frame are handed out in a task behind it.
    for (let frame = 0; frame < 3; frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
    await new Promise((done) => setTimeout(done));
  });
}

for (const viewport of [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
]) {
  test(`at ${viewport.width} px the page is there soon and nothing shifts`, async ({ page, browser }) => {
    await page.setViewportSize(viewport);
    const before = await slowness(browser, page);
    await watchShifts(page);
    await browser.startTracing(page, { categories: TRACE_CATEGORIES });
    await Studio.open(page);
    await settle(page);
    const workMs = cpuMsUntilLargestPaint(await browser.stopTracing());
    const limit = MOST_WORK_MS * Math.max(1, before, await slowness(browser, page));
    const shift = await page.evaluate(() => (globalThis as unknown as ShiftPage).shift);
    const words = `largest paint after ${workMs.toFixed(0)} ms of work of ${limit.toFixed(0)}, layout shift ${shift.toFixed(4)}`;
    console.log(`${viewport.width} px: ${words}`);
    test.info().annotations.push({ type: 'arrival', description: words });
    expect(workMs).toBeLessThan(limit);
    expect(shift).toBeLessThan(LARGEST_SHIFT);
  });
}
