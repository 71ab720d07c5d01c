/** Nothing moves while a step opens, with ten runs on the device; all can be read; what came of a run stands high. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { MICRO_LINK } from '../microLink.ts';
import { trainMicro } from '../microRun.ts';
import type { StepTitle, Studio } from '../pages/studio.ts';

const STEPS: readonly StepTitle[] = ['Data', 'Tokenizer', 'Pipeline', 'Model', 'Train', 'Test', 'Export'];
/** "Good" ends at 0.1; this is hardly seen. */
const LARGEST_SHIFT = 0.02;
const RUNS = 10;

test.use({ address: `./${MICRO_LINK}` });

/** Sums up what moves by itself, from the beginning of each page on. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts = { sum: 0, moved: '' };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput, sources } = entry as unknown as {
          value: number;
          hadRecentInput: boolean;
          sources: readonly { readonly node: Node | null }[];
        };
        if (hadRecentInput) continue;
        shifts.sum += value;
        shifts.moved += `${value.toFixed(4)}: ${sources.map(({ node }) => node?.textContent?.slice(0, 40)).join(' | ')}\n`;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** Everything of the step has arrived: then how far things have moved since the last time that this was asked. */
async function expectStill(studio: Studio, step: StepTitle, words: string): Promise<void> {
  const { page } = studio;
  await expect(studio.heading(step)).toBeVisible();
  await expect(page.getByText(/^(Opening |Checking this device)/)).toHaveCount(0);
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  const { sum, moved } = await page.evaluate(async () => {
    await document.fonts.ready;
    // What has just been drawn is told after the next frame.
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    const { shifts } = window as unknown as { shifts: { sum: number; moved: string } };
    const seen = { ...shifts };
    Object.assign(shifts, { sum: 0, moved: '' });
    return seen;
  });
  expect.soft(sum, `${words}, ${step}:\n${moved}`).toBeLessThan(LARGEST_SHIFT);
}

/** Words that are too small to read or wider than the page, and code that is cut at its edge. */
function illegible(): string[] {
  const faults: string[] = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const text = words.currentNode.textContent?.trim() ?? '';
    const element = words.currentNode.parentElement;
    if (element === null || text === '' || element.closest('.visually-hidden, script, style') !== null) continue;
    const { width } = element.getBoundingClientRect();
    const drawing = element.closest('svg');
    const scale = drawing?.viewBox.baseVal?.width ? drawing.clientWidth / drawing.viewBox.baseVal.width : 1;
    const size = scale * Number.parseFloat(getComputedStyle(element).fontSize);
    if (width > 1 && size < 10.9) faults.push(`${size.toFixed(1)} px: ${text.slice(0, 40)}`);
  }
  for (const code of document.querySelectorAll('pre')) {
    if (code.scrollWidth > code.clientWidth) faults.push(`cut: ${code.textContent?.slice(0, 40)}`);
  }
  if (document.documentElement.scrollWidth > window.innerWidth) faults.push('the page is wider than the window');
  return faults;
}

/** Contrast of two kinds of cells that is hardly enough to tell them apart, by the table that says what each is. */
const LEAST_CONTRAST = 1.25;
const KINDS = [
  'Ordinary tokens',
  'Replaced by <mask>',
  'Replaced by a random token',
  'Chosen, left unchanged',
  'Padding',
];

/** Kinds of cells in the order of their lightness, with the contrast of each to the next. */
function contrasts(kinds: readonly string[]): Record<string, number> {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const luminance = (kind: string): number => {
    const row = [...document.querySelectorAll('tr')].find((each) => each.textContent?.startsWith(kind));
    const square = row?.querySelector('rect');
    if (context === null || square == null) throw new Error(`no square beside ${kind}`);
    context.fillStyle = getComputedStyle(square).fill;
    context.fillRect(0, 0, 1, 1);
    const parts = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.05 + [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => sum + weight * (parts[at] ?? 0), 0);
  };
  const sorted = kinds.map((kind) => ({ kind, light: luminance(kind) })).sort((a, b) => b.light - a.light);
  return Object.fromEntries(
    sorted.slice(1).map(({ kind, light }, at) => [`${sorted[at]?.kind} / ${kind}`, (sorted[at]?.light ?? 0) / light]),
  );
}

/** Copies the one stored run until there are ten. */
async function storeRuns(page: Page): Promise<void> {
  await page.evaluate(async (count) => {
    const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
    for await (const [name] of runs.entries()) {
      const from = await runs.getDirectoryHandle(name);
      for (let copy = 1; copy < count; copy++) {
        const to = await runs.getDirectoryHandle(`copy-${copy}`, { create: true });
        for await (const [file, handle] of from.entries()) {
          const writable = await (await to.getFileHandle(file, { create: true })).createWritable();
          await writable.write(await (handle as FileSystemFileHandle).getFile());
          await writable.close();
        }
      }
      return;
    }
  }, RUNS);
}

/** Each step in a page that is opened there, then one after another with a run that is open. */
async function openEachStep(studio: Studio, width: number): Promise<void> {
  const { page } = studio;
  for (const step of STEPS) {
    await page.goto('about:blank');
    await page.goto(`./#${step.toLowerCase()}`);
    await expectStill(studio, step, `opened anew at ${width} px`);
  }
  await studio.goTo('Data');
  await expect(page.getByRole('button', { name: `Show all ${RUNS}` })).toBeVisible();
  await studio.runs.rows.first().getByRole('button', { name: 'Open' }).click();
  await expect(studio.heading('Train')).toBeVisible();
  for (const step of STEPS) {
    // By its address: what moves after a click is not counted.
    await page.evaluate((hash) => {
      window.location.hash = hash;
    }, step.toLowerCase());
    await expectStill(studio, step, `with an open run at ${width} px`);
    expect.soft(await page.evaluate(illegible), `${step} at ${width} px`).toEqual([]);
  }
}

/** Where a part of the page ends, in pixels from its top. */
async function endsAt(page: Page, selector: string): Promise<number> {
  return page
    .locator(selector)
    .last()
    .evaluate((element) => element.getBoundingClientRect().bottom + window.scrollY);
}

test('chart, verdict, held-out lines and what to try next stand high; no step moves while it opens', async ({
  studio,
  page,
}) => {
  await trainMicro(studio);
  const parts = ['section[aria-label="Loss by step"]', '.verdict', '.verse', '[aria-label="What to try next"]'];
  for (const [width, height, foot] of [
    [1440, 900, 900],
    [390, 844, 1600],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const part of parts) {
      await expect.poll(() => endsAt(page, part), `${part} at ${width} px`).toBeLessThan(foot);
    }
  }

  await studio.goTo('Pipeline');
  await studio.pipeline.showsBatch(32);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(contrasts, KINDS);
    for (const [pair, contrast] of Object.entries(found)) {
      expect.soft(contrast, `${pair}, ${colorScheme}`).toBeGreaterThan(LEAST_CONTRAST);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });

  await storeRuns(page);
  await watchShifts(page);
  // The visit that the runs were made in is over: the next ones begin with what was listed last.
  await page.reload();
  await studio.goTo('Data');
  await expect(studio.runs.rows.first()).toBeVisible();
  for (const [width, height] of [
    [1280, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await openEachStep(studio, width);
  }
});
