/**
 * Takes the README's pictures from the built page, with a real run: `npm run screenshots`, or of a page that is served
 * already: `npm run screenshots -- http://localhost:5173/`. The model is small enough to train in a minute or two on
 * WebAssembly.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { type Browser, chromium, expect, type Page } from '@playwright/test';
import { ensureBuild } from '../tools/build.ts';
import { findChromium, webgpuFlags } from '../tools/chromium.mjs';
import { type ServedApp, serveApp } from '../tools/serve.ts';
import { type StepTitle, Studio } from './pages/studio.ts';

const FOLDER = 'docs/images';
const LARGEST_BYTES = 300_000;
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** High enough for the whole chart of the step Train, which the README shows. */
const trainHeight = ({ width }: { width: number }): number => (width === PHONE.width ? 1500 : 1080);
const STEPS: readonly StepTitle[] = ['Data', 'Tokenizer', 'Pipeline', 'Model', 'Train', 'Test', 'Export'];
/** The views of the step Test that look inside. */
const VIEWS = ['Attention', 'Layers', 'Surprisal', 'Vocabulary'] as const;
const LINE = 'Shall I compare thee to a <mask> day?';

const SETTINGS = new URLSearchParams({
  'training.steps': '300',
  'training.warmupSteps': '30',
  'training.evalEvery': '30',
});

/** Steps 1 to 6, for real. */
async function trainOnce(studio: Studio): Promise<void> {
  const { page } = studio;
  await studio.goTo('Tokenizer');
  await studio.tokenizer.train();
  await studio.next('Pipeline');
  await studio.pipeline.showsBatch(64);
  await studio.next('Model');
  await studio.model.create();
  await page.getByRole('button', { name: 'Measure on this device' }).click();
  await expect(page.getByText(/ms per step/)).toBeVisible({ timeout: 60_000 });
  await studio.next('Train');
  await studio.train.start();
  await studio.train.finish(600_000);
  await studio.next('Test');
  await studio.test.type(LINE);
  await studio.test.fill();
  await expect(page.getByRole('region', { name: 'Predictions' })).toBeVisible();
  await studio.test.open('Surprisal');
  await page.getByRole('button', { name: 'Measure surprisal' }).click();
  await expect(studio.test.surprise('Pseudo-perplexity')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Measure surprisal' })).toBeVisible();
  await studio.goTo('Export');
  await expect(page.getByText('model.safetensors')).toBeVisible();
}

/** One picture, once everything has arrived and nothing moves. @returns its size. */
async function take(page: Page, name: string): Promise<number> {
  await page.mouse.move(0, 0);
  await page.evaluate(async () => {
    (document.activeElement as HTMLElement | null)?.blur();
    await document.fonts.ready;
  });
  await page.waitForTimeout(900);
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  return statSync(path).size;
}

/** Every step and view in one look. @returns the pictures that are too large. */
async function takeAll(studio: Studio, suffix: string): Promise<string[]> {
  const tooLarge: string[] = [];
  const size = studio.page.viewportSize() ?? DESKTOP;
  const takeOne = async (title: string): Promise<void> => {
    const name = `${title.toLowerCase()}-${suffix}`;
    await studio.page.setViewportSize(title === 'Train' ? { ...size, height: trainHeight(size) } : size);
    const bytes = await take(studio.page, name);
    process.stdout.write(`${name}.png  ${Math.round(bytes / 1000)} kB\n`);
    if (bytes > LARGEST_BYTES) tooLarge.push(name);
  };
  for (const step of STEPS) {
    await studio.goTo(step);
    await takeOne(step);
    if (step !== 'Test') continue;
    for (const view of VIEWS) {
      await studio.test.open(view);
      await takeOne(view);
    }
  }
  return tooLarge;
}

async function photograph(browser: Browser, url: string): Promise<string[]> {
  const page = await browser.newPage({
    viewport: DESKTOP,
    colorScheme: 'light',
    reducedMotion: 'reduce',
    baseURL: url,
  });
  const studio = await Studio.open(page, `./#data?${SETTINGS}`);
  await trainOnce(studio);
  const tooLarge = await takeAll(studio, 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  tooLarge.push(...(await takeAll(studio, 'dark')));
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(PHONE);
  tooLarge.push(...(await takeAll(studio, 'phone')));
  return tooLarge;
}

/** The page at an address, else the built one on a port of its own. */
async function served(address: string | undefined): Promise<ServedApp> {
  if (address !== undefined) return { url: address, close: async () => {} };
  await ensureBuild();
  return serveApp(4317);
}

async function main(): Promise<number> {
  mkdirSync(FOLDER, { recursive: true });
  const app = await served(process.argv[2]);
  const executablePath = findChromium();
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: webgpuFlags() });
  try {
    const tooLarge = await photograph(browser, app.url);
    if (tooLarge.length > 0) process.stderr.write(`over ${LARGEST_BYTES / 1000} kB: ${tooLarge.join(', ')}\n`);
    return tooLarge.length > 0 ? 1 : 0;
  } finally {
    await browser.close();
    await app.close();
  }
}

process.exitCode = await main();
