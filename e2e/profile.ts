/** A browser with a profile of its own on the disk, that can be killed and opened again. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { findChromium, webgpuFlags } from '../tools/chromium.mjs';

export interface Profile {
  /** Opens a browser on the profile. */
  open(): Promise<{ readonly context: BrowserContext; readonly page: Page }>;
  /** SIGKILL to the browser and everything that it started. */
  kill(): Promise<void>;
  /** Ends the browser, if there is one, and deletes the profile. */
  remove(): Promise<void>;
}

/** An empty profile. */
export function createProfile(): Profile {
  const folder = mkdtempSync(join(tmpdir(), 'folio-profile-'));
  let context: BrowserContext | null = null;
  const closed = async (): Promise<void> => {
    const closing = context;
    context = null;
    await closing?.close().catch(() => undefined);
  };
  return {
    open: async () => {
      const executablePath = findChromium();
      context = await chromium.launchPersistentContext(folder, {
        ...(executablePath === null ? {} : { executablePath }),
        args: webgpuFlags(),
        headless: true,
        viewport: { width: 1280, height: 900 },
      });
      // tsx marks the names of functions with a helper, which pages lack.
      await context.addInitScript('globalThis.__name = (value) => value;');
      return { context, page: context.pages()[0] ?? (await context.newPage()) };
    },
    kill: async () => {
      for (const id of processesOf(folder)) killOne(id);
      await closed();
    },
    remove: async () => {
      await closed();
      for (const id of processesOf(folder)) killOne(id);
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** The browser's own process, which names the profile's folder, and so do its helpers; the browser comes first. */
function processesOf(folder: string): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\n');
  return lines.filter((line) => line.includes(folder)).map((line) => Number.parseInt(line, 10));
}

function killOne(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
