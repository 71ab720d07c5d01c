/** How the built page arrives: when its largest part is there, and whether anything moves under the person's hand. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { Studio } from '../pages/studio.ts';

/** On the machine that everything is measured on it takes under 1.5 s; a busy one gets twice that. */
const SLOWEST_PAINT_MS = 3000;
const LARGEST_SHIFT = 0.05;

interface Arrival {
  readonly paintMs: number;
  readonly element: string;
  /** Sum of the layout shifts that no input caused. */
  readonly shift: number;
}

/** Reads what the browser has noted since the page was opened. */
function readArrival(page: Page): Promise<Arrival> {
  return page.evaluate(async () => {
    const entries = (type: string): Promise<PerformanceEntryList> =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries())).observe({ type, buffered: true });
        setTimeout(() => resolve([]), 500);
      });
    const paints = await entries('largest-contentful-paint');
    const shifts = (await entries('layout-shift')) as unknown as { value: number; hadRecentInput: boolean }[];
    const last = paints.at(-1) as (PerformanceEntry & { element?: Element }) | undefined;
    return {
      paintMs: last?.startTime ?? Number.NaN,
      element: last?.element?.tagName ?? 'none',
      shift: shifts.filter(({ hadRecentInput }) => !hadRecentInput).reduce((sum, { value }) => sum + value, 0),
    };
  });
}

for (const viewport of [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
]) {
  test(`at ${viewport.width} px the page is there soon and nothing shifts`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await Studio.open(page);
    await expect(page.getByText(/WebGPU|WebAssembly/).first()).toBeVisible();
    await page.waitForTimeout(500);
    const { paintMs, element, shift } = await readArrival(page);
    const words = `largest paint ${paintMs.toFixed(0)} ms (${element}), layout shift ${shift.toFixed(4)}`;
    console.log(`${viewport.width} px: ${words}`);
    test.info().annotations.push({ type: 'arrival', description: words });
    expect(paintMs).toBeLessThan(SLOWEST_PAINT_MS);
    expect(shift).toBeLessThan(LARGEST_SHIFT);
  });
}
