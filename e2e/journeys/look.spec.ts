/**
 * Every step as a person sees it: compared with the pictures in `e2e/snapshots`, and read by axe, in both schemes, wide and
 * on a phone. `npm run snapshots` takes the pictures anew. The host sends no isolation headers, so one thread computes, and
 * the same seed gives the same figures wherever the tests run.
 */
import process from 'node:process';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, expectHarmless, test, watch } from '../fixtures.ts';
import { MICRO_LINK } from '../microLink.ts';
import { trainMicro } from '../microRun.ts';
import { type StepTitle, Studio } from '../pages/studio.ts';
import { servePlainly } from '../plainServer.ts';

const STEPS: readonly StepTitle[] = ['Data', 'Tokenizer', 'Pipeline', 'Model', 'Train', 'Test', 'Export'];
/** The views that look inside, and what each shows once the worker has answered. */
const INSIDE = {
  Attention: (page: Page) => expect(page.getByRole('heading', { name: 'Layers and heads' })).toBeVisible(),
  Layers: (page: Page) => expect(page.locator('table.lens')).toBeVisible(),
  Surprisal: async (page: Page) => {
    await page.getByRole('button', { name: 'Measure surprisal' }).click();
    await expect(page.getByRole('group', { name: 'The passage, word by word' })).toBeVisible();
  },
  Vocabulary: (page: Page) => expect(page.getByRole('button', { name: /^Map of \d+ tokens/ })).toBeVisible(),
} as const;
/** Colours are the same at every width, so that axe reads in the dark what it has not read in the light: the colours. */
const LOOKS = [
  { name: 'light-wide', colorScheme: 'light', viewport: { width: 1280, height: 900 }, read: 'all' },
  { name: 'dark-wide', colorScheme: 'dark', viewport: { width: 1280, height: 900 }, read: 'colours' },
  { name: 'light-phone', colorScheme: 'light', viewport: { width: 390, height: 844 }, read: 'all' },
  { name: 'dark-phone', colorScheme: 'dark', viewport: { width: 390, height: 844 }, read: 'colours' },
] as const;
type Look = (typeof LOOKS)[number];
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The Chromium that the pictures were taken with; another one may set type a little differently. */
const PICTURES_BY = '156.0.8078.108';

/** Figures of the clock and words about the machine, which differ from run to run. */
const CHANGING = ['.header-device', '.device', '.cost-measure', '.bundle-size'];
const CLOCK_FIGURES = /Trained in|Tokens per second|Time (taken|left|for)/;

/** One line for each rule that the page breaks. */
async function complaints(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.setLegacyMode().analyze();
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes
        .map(({ target }) => target.join(' '))
        .slice(0, 4)
        .join(' | ')}`,
  );
}

/** Everything has arrived and stands still, at the top of the page. */
async function settle(page: Page): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(async () => {
    (document.activeElement as HTMLElement | null)?.blur();
    window.scrollTo(0, 0);
    await document.fonts.ready;
  });
  await expect(page.getByText(/^Opening /)).toBeHidden();
}

/** Compares what is shown with its picture, and has axe read it. */
async function look({ page }: Studio, subject: string, { name, read }: Look): Promise<void> {
  await settle(page);
  if (process.platform === 'linux') {
    await expect.soft(page).toHaveScreenshot(`${subject}-${name}.png`, {
      mask: [
        ...CHANGING.map((selector) => page.locator(selector)),
        page.locator('.figure').filter({ hasText: CLOCK_FIGURES }),
        page.getByText(/^Saved on this device/),
        page.getByText(/\d m?s[;.]/),
      ],
      maskColor: '#808080',
      maxDiffPixelRatio: page.context().browser()?.version() === PICTURES_BY ? 0.001 : 0.03,
    });
  }
  const axe = new AxeBuilder({ page });
  if (read === 'all') axe.withTags([...WCAG, 'best-practice']);
  else axe.withRules('color-contrast');
  expect.soft(await complaints(axe), `axe on ${subject}, ${name}`).toEqual([]);
}

/** All seven steps, and the views that look inside. */
async function lookAtAll(studio: Studio, how: Look): Promise<void> {
  for (const step of STEPS) {
    await studio.goTo(step);
    await look(studio, step.toLowerCase(), how);
    if (step !== 'Test') continue;
    for (const [view, shown] of Object.entries(INSIDE)) {
      await studio.page.getByRole('tab', { name: view }).click();
      await shown(studio.page);
      await look(studio, `inside-${view.toLowerCase()}`, how);
    }
  }
}

test('every step in both schemes, wide and on a phone', async ({ page, context }) => {
  // Letters are drawn otherwise elsewhere; axe reads the page there all the same.
  if (process.platform !== 'linux') test.info().annotations.push({ type: 'pictures', description: 'only on Linux' });
  const host = await servePlainly();
  try {
    const watched = await watch(context);
    await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
    const studio = await Studio.open(page, `${host.url}${MICRO_LINK}`);
    await trainMicro(studio);
    await studio.next('Test');
    await studio.test.type('Shall I compare thee to a <mask> day');
    await studio.test.fill();
    await studio.test.candidates();
    await studio.goTo('Export');
    await studio.export.listedFiles();
    for (const how of LOOKS) {
      await page.setViewportSize(how.viewport);
      await page.emulateMedia({ colorScheme: how.colorScheme });
      await lookAtAll(studio, how);
    }
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    expectHarmless(watched, host.url);
  } finally {
    await host.close();
  }
});

// Not by axe's own best practice: a dialogue's header is no banner, whatever the rule takes it for.
test('the palette and the sheet of keys break no rule either', async ({ studio, page }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.getByRole('button', { name: 'Commands' }).click();
    await expect(page.getByRole('dialog').getByText('Train with the defaults')).toBeVisible();
    expect
      .soft(await complaints(new AxeBuilder({ page }).withTags(WCAG)), `axe on the palette, ${colorScheme}`)
      .toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await page.locator('main').focus();
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    expect
      .soft(await complaints(new AxeBuilder({ page }).withTags(WCAG)), `axe on the keys, ${colorScheme}`)
      .toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  }
  await expect(studio.heading('Data')).toBeVisible();
});
