/** The page's own engine, in a headless browser, driven from Node. */
import { type Browser, chromium, type Page } from '@playwright/test';
import { type PlainError, StudioError } from '../src/core/errors.ts';
import type { ExportOptions } from '../src/core/export/options.ts';
import type { Command, Params, Result } from '../src/engine/client.ts';
import type { Events } from '../src/engine/events.ts';
import { findChromium, webgpuFlags } from './chromium.mjs';

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

export interface HeadlessEngine {
  /** As `client.call` on the page; neither parameters nor result may hold a Blob. @throws StudioError */
  call<C extends Command>(command: C, params: Params<C>): Promise<Result<C>>;
  /** Loads files of any size; their bytes never pass through Node. @throws StudioError */
  loadFiles(paths: readonly string[], config: Params<'data.load'>['config']): Promise<Result<'data.load'>>;
  /** Opens a model's zip. @throws StudioError */
  openZip(path: string): Promise<Result<'model.open'>>;
  /** The bundle, downloaded. @returns the path of a zip that is there until `close`. */
  downloadZip(name: string, options: ExportOptions): Promise<string>;
  subscribe<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the page that serves the engine without a window.
 * @throws Error with a sentence if the browser can't be had or the page breaks, then or later.
 */
export async function openHeadlessEngine(url: string): Promise<HeadlessEngine> {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const broken = watchForBreakage(browser, page);
    const listeners = new Map<string, (payload: never) => void>();
    await page.exposeFunction('reportEvent', (event: string, payload: unknown) => {
      listeners.get(event)?.(payload as never);
    });
    await Promise.race([broken, openPage(page, url)]);
    return {
      call: <C extends Command>(command: C, params: Params<C>) => Promise.race([broken, call(page, command, params)]),
      loadFiles: (paths, config) => Promise.race([broken, loadFiles(page, paths, config)]),
      openZip: (path) => Promise.race([broken, openZip(page, path)]),
      downloadZip: (name, options) => Promise.race([broken, downloadZip(page, name, options)]),
      subscribe: async (event, listener) => {
        listeners.set(event, listener);
        await page.evaluate((name) => {
          const { folio, reportEvent } = globalThis as unknown as HeadlessWindow;
          folio?.client.subscribe(name, (payload) => void reportEvent(name, payload));
        }, event);
      },
      close: () => browser.close(),
    };
  } catch (thrown) {
    await browser.close();
    throw thrown;
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

async function call<C extends Command>(page: Page, command: C, params: Params<C>): Promise<Result<C>> {
  const reply = await page.evaluate(
    ([name, given]): Promise<Reply> => {
      const { folio } = globalThis as unknown as HeadlessWindow;
      if (folio === undefined) throw new Error('the engine is not there');
      return folio.client.call(name, given).then(
        (result) => ({ result }),
        (error) => ({ error: error.toPlain() }),
      );
    },
    [command, params] as const,
  );
  return resultOf(reply) as Result<C>;
}

async function loadFiles(
  page: Page,
  paths: readonly string[],
  config: Params<'data.load'>['config'],
): Promise<Result<'data.load'>> {
  await page.setInputFiles('#corpus', [...paths]);
  const reply = await page.evaluate((dataConfig): Promise<Reply> => {
    const { folio } = globalThis as unknown as HeadlessWindow;
    const input = document.querySelector<HTMLInputElement>('#corpus');
    const files = [...(input?.files ?? [])].map((file) => ({ name: file.name, blob: file }));
    if (folio === undefined) throw new Error('the engine is not there');
    return folio.client.call('data.load', { source: { kind: 'files', files }, config: dataConfig }).then(
      (result) => ({ result }),
      (error) => ({ error: error.toPlain() }),
    );
  }, config);
  return resultOf(reply) as Result<'data.load'>;
}

async function openZip(page: Page, path: string): Promise<Result<'model.open'>> {
  await page.setInputFiles('#corpus', path);
  const reply = await page.evaluate((): Promise<Reply> => {
    const { folio } = globalThis as unknown as HeadlessWindow;
    const blob = document.querySelector<HTMLInputElement>('#corpus')?.files?.[0];
    if (folio === undefined) throw new Error('the engine is not there');
    return folio.client.call('model.open', { origin: { kind: 'zip', name: blob?.name, blob } }).then(
      (result) => ({ result }),
      (error) => ({ error: error.toPlain() }),
    );
  });
  return resultOf(reply) as Result<'model.open'>;
}

function resultOf(reply: Reply): unknown {
  if ('error' in reply) throw StudioError.fromPlain(reply.error);
  return reply.result;
}

async function downloadZip(page: Page, name: string, options: ExportOptions): Promise<string> {
  const download = page.waitForEvent('download', { timeout: 0 });
  const reply = await page.evaluate(
    (params): Promise<Reply> => {
      const { folio } = globalThis as unknown as HeadlessWindow;
      if (folio === undefined) throw new Error('the engine is not there');
      return folio.client.call('export.zip', params).then(
        (blob) => {
          const link = document.createElement('a');
          link.href = URL.createObjectURL(blob as Blob);
          link.download = 'bundle.zip';
          link.click();
          return { result: null };
        },
        (error) => ({ error: error.toPlain() }),
      );
    },
    { name, options },
  );
  if ('error' in reply) download.catch(() => undefined);
  resultOf(reply);
  return (await download).path();
}
