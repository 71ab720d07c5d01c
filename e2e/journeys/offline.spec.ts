/** On a host that only copies files: isolated by the service worker, used without a network, renewed when asked. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { checkBundle, unpackBundle } from '../bundle.ts';
import { test as base, expect, expectHarmless, watch } from '../fixtures.ts';
import { MICRO_LINK } from '../microLink.ts';
import { trainMicro } from '../microRun.ts';
import { Studio } from '../pages/studio.ts';
import { type PlainHost, servePlainly } from '../plainServer.ts';

const DIST = resolve(import.meta.dirname, '../../dist');

/** A folder of its own, so that a test may publish another version. */
const test = base.extend<{ readonly folder: string; readonly host: PlainHost }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the parameters
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'folio-host-'));
    cpSync(DIST, folder, { recursive: true });
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  host: async ({ folder }, use) => {
    const host = await servePlainly(folder);
    await use(host);
    await host.close();
  },
});

test.use({ serviceWorkers: 'allow' });

/**
 * Opens the page and waits until it has loaded itself a second time. Nothing is asked of it meanwhile: a script that a test
 * runs in a page counts as a press of the person, and then it does not load itself.
 */
async function openIsolated(page: Page, url: string): Promise<void> {
  let loads = 0;
  page.on('load', () => loads++);
  await page.goto(url);
  await expect.poll(() => loads, { timeout: 60_000 }).toBe(2);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
}

/** All seven steps; the bundle has to be whole, and other libraries have to read it as the live model does. */
async function walk(page: Page): Promise<void> {
  const studio = await Studio.open(page, new URL(MICRO_LINK, page.url()).href);
  await trainMicro(studio);
  await studio.next('Test');
  await studio.test.type('Shall I compare thee to a <mask> day');
  await studio.test.fill();
  expect(await studio.test.candidates()).toHaveLength(5);
  await studio.goTo('Export');
  const { bytes } = await studio.export.download();
  expect(checkBundle(unpackBundle(bytes))).toMatchObject({ vocabSize: 400, steps: 30 });
  expect(await studio.export.verify()).toMatch(/^They agree/);
}

/** Verify's libraries are kept when they are asked for; this asks for the same files, without a model to read. */
async function useVerifyOnce(page: Page): Promise<void> {
  const files = readdirSync(join(DIST, 'assets')).filter((name) => /^(verifyWorker|ort-wasm)/.test(name));
  expect(files.length).toBeGreaterThan(2);
  await page.evaluate(async (names) => {
    for (const name of names) await (await fetch(`./assets/${name}`)).blob();
  }, files);
}

test('a host without headers, under a path: threads by one reload, then everything without a network', async ({
  page,
  context,
  host,
}) => {
  const watched = await watch(context);
  await openIsolated(page, host.url);
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  if (cores > 1) {
    const studio = await Studio.open(page, `${host.url}#data`);
    await studio.goTo('Model');
    await studio.model.chooseDevice('wasm', 'WebAssembly');
    await expect(page.getByText(/[2-8] CPU threads/)).toBeVisible();
  }
  await useVerifyOnce(page);
  await host.close();
  await page.reload();
  await walk(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expectHarmless(watched, host.url);
});

test('a new version is offered, starts when it is asked to, and no other tab runs the old one', async ({
  page,
  context,
  folder,
  host,
}) => {
  await openIsolated(page, host.url);
  const studio = await Studio.open(page, host.url);
  publishAnother(folder);
  await page.reload();
  const offer = page.getByRole('button', { name: 'Reload the page to use it' });
  await expect(offer).toBeVisible({ timeout: 60_000 });
  const version = page.locator('meta[name="description"]');
  await expect(version).not.toHaveAttribute('content', 'another version');

  const second = await Studio.open(await context.newPage(), host.url);
  await offer.click();
  await expect(page.getByText('Other tabs still use the old one')).toBeVisible();
  await second.page.close();
  await offer.click();
  await expect(version).toHaveAttribute('content', 'another version', { timeout: 60_000 });
  await expect(studio.heading('Data')).toBeVisible();
  await expect(offer).toBeHidden();
});

/** As a host does when a version is copied over the old one: another page, and the list that names it. */
function publishAnother(folder: string): void {
  const [page, worker] = [join(folder, 'index.html'), join(folder, 'sw.js')];
  const html = readFileSync(page, 'utf8').replace(/(name="description" content=")[^"]*/, '$1another version');
  writeFileSync(page, html);
  const script = readFileSync(worker, 'utf8');
  const renewed = script.replace(/(url:[`"']index\.html[`"'],revision:[`"'])\w+/, '$1another');
  expect(renewed).not.toBe(script);
  writeFileSync(worker, renewed);
}
