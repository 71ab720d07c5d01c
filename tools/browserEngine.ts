/** The engine on the page, in a headless browser. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { unzipSync, zipSync } from 'fflate';
import { type PlainError, StudioError } from '../src/core/errors.ts';
import type { ExportOptions } from '../src/files/exportOptions.ts';
import type { Command, Result } from '../src/studio/client.ts';
import { findChromium, webgpuFlags } from './chromium.mjs';
import type { Engine } from './engine.ts';
import { serveApp } from './serve.ts';
import { filesIn } from './tools.ts';

/** Away from the port of `npm start`, though the next free one is taken anyway. */
const FIRST_PORT = 4273;

/** What `src/headless.ts` puts on the page. */
interface HeadlessWindow {
  readonly folio?: {
    readonly client: {
      call(command: string, params: unknown): Promise<unknown>;
      subscribe(event: string, listener: (payload: unknown) => void): () => void;
    };
  };
  readonly reportEvent: (event: string, payload: unknown) => Promise<void>;
}

/** What crosses from the page: an error's code would be lost in an exception. */
type Reply = { readonly result: unknown } | { readonly error: PlainError };

/**
 * Opens the page that serves the engine without a window.
 * @throws Error with a sentence if the browser can't be had or the page breaks, then or later.
 */
export async function openBrowserEngine(): Promise<Engine> {
  const app = await serveApp(FIRST_PORT);
  const browser = await launch().catch(async (thrown: unknown) => {
    await app.close();
    throw thrown;
  });
  const close = async (): Promise<void> => {
    await browser.close();
    await app.close();
  };
  try {
    const page = await browser.newPage();
    const broken = watchForBreakage(browser, page);
    const listeners = new Map<string, (payload: never) => void>();
    await page.exposeFunction('reportEvent', (event: string, payload: unknown) => {
      listeners.get(event)?.(payload as never);
    });
    await Promise.race([broken, openPage(page, app.url)]);
    return {
      call: (command, params) => Promise.race([broken, ask(page, command, params as object)]),
      loadFiles: async (paths, config, choice = {}) => {
        const choices = Object.fromEntries(paths.map((path) => [basename(path), choice]));
        await page.setInputFiles('#corpus', [...paths]);
        return Promise.race([broken, ask(page, 'data.load', { config, choices }, 'source')]);
      },
      openModel: (path) =>
        withZip(path, async (zip) => {
          await page.setInputFiles('#corpus', zip);
          return Promise.race([broken, ask(page, 'model.open', {}, 'origin')]);
        }),
      writeBundle: async (folder, options) =>
        writeBundle(await Promise.race([broken, downloadZip(page, basename(folder), options)]), folder),
      subscribe: async (event, listener) => {
        listeners.set(event, listener);
        await page.evaluate((name) => {
          const { folio, reportEvent } = globalThis as unknown as HeadlessWindow;
          folio?.client.subscribe(name, (payload) => void reportEvent(name, payload));
        }, event);
      },
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** @param path a folder, which is zipped for the time of the work, or a zip */
async function withZip<T>(path: string, work: (zip: string) => Promise<T>): Promise<T> {
  if (!statSync(path).isDirectory()) return work(path);
  const place = mkdtempSync(join(tmpdir(), 'folio-model-'));
  try {
    const zip = join(place, `${basename(path)}.zip`);
    // As a person would zip it.
    const files = filesIn(path).map((file) => [`model/${file}`, readFileSync(join(path, file))]);
    writeFileSync(zip, zipSync(Object.fromEntries(files), { level: 0 }));
    return await work(zip);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Unpacks the bundle without the folder that it lies in. A name that leads elsewhere is refused. */
function writeBundle(zipPath: string, outPath: string): void {
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zipPath)))) {
    if (name.endsWith('/')) continue;
    const inside = name.split('/').slice(1);
    if (inside.length === 0 || inside.some((part) => !/^[\w-][\w.-]*$/.test(part))) {
      throw new Error(`The model folder contains a file with the name ${JSON.stringify(name)}.`);
    }
    const path = join(outPath, ...inside);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}

async function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('No Chrome or Chromium was found; set FOLIO_CHROMIUM to its path.');
  return chromium.launch({
    executablePath,
    args: webgpuFlags(true),
    // Whoever opened it closes it, on Ctrl-C too.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/** Rejects as soon as the page can't go on; never resolves. */
function watchForBreakage(browser: Browser, page: Page): Promise<never> {
  const broken = new Promise<never>((_, reject) => {
    page.on('crash', () => reject(new Error('The browser ran out of memory or crashed while training.')));
    page.on('pageerror', (error) => reject(new Error(`The page failed: ${error.message}`)));
    browser.on('disconnected', () => reject(new Error('The browser was closed while training.')));
  });
  // Handled where it is raced; between two races nobody listens.
  broken.catch(() => undefined);
  return broken;
}

async function openPage(page: Page, url: string): Promise<void> {
  await page.goto(new URL('headless.html', url).href);
  await page.waitForFunction(() => (globalThis as unknown as HeadlessWindow).folio !== undefined);
}

/**
 * Asks the engine on the page.
 * @param picked which parameter the files of the field take, whose bytes never pass through Node
 * @returns the answer; a Blob is downloaded, and the answer is null
 */
async function ask<C extends Command>(
  page: Page,
  command: C,
  params: object,
  picked: 'source' | 'origin' | null = null,
): Promise<Result<C>> {
  const reply = await page.evaluate(
    async ([name, given, field]): Promise<Reply> => {
      const { folio } = globalThis as unknown as HeadlessWindow;
      if (folio === undefined) throw new Error('the engine is not there');
      const chosen = document.querySelector<HTMLInputElement>('#corpus')?.files ?? [];
      const files = [...chosen].map((file) => ({ name: file.name, blob: file }));
      const [zip] = files;
      const blobs = field && {
        [field]: field === 'source' ? { kind: 'files', files } : { kind: 'zip', name: zip?.name, blob: zip?.blob },
      };
      try {
        const result = await folio.client.call(name, { ...given, ...blobs });
        if (!(result instanceof Blob)) return { result };
        const link = document.createElement('a');
        link.href = URL.createObjectURL(result);
        link.download = 'bundle.zip';
        link.click();
        return { result: null };
      } catch (refused) {
        return { error: (refused as StudioError).toPlain() };
      }
    },
    [command, params, picked] as const,
  );
  if ('error' in reply) throw StudioError.fromPlain(reply.error);
  return reply.result as Result<C>;
}

async function downloadZip(page: Page, name: string, options: ExportOptions): Promise<string> {
  const download = page.waitForEvent('download', { timeout: 0 });
  download.catch(() => undefined);
  await ask(page, 'export.zip', { name, options });
  return (await download).path();
}
