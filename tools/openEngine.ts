/** The engine in Node or in a browser, of a page that is built where it has to be. */
import { createRequire } from 'node:module';
import type { BackendChoice } from '../src/core/device.ts';
import { ensureBuild } from './build.ts';
import type { Engine } from './engine.ts';
import { openNodeEngine } from './nodeEngine.ts';
import { IS_CLONE } from './tools.ts';
import { UsageError } from './usage.ts';

export interface EngineOptions {
  /** In a headless Chromium, and not in Node. */
  readonly browser: boolean;
  /** Graphics cards are looked for where it may be one. */
  readonly backend: BackendChoice;
  /** Where runs are kept, in Node; null: they are not. */
  readonly folder: string | null;
}

/**
 * Builds the page where it has to be, and opens its engine.
 * @throws Error with a sentence if that can't be
 */
export async function openEngine({ browser, backend, folder }: EngineOptions): Promise<Engine> {
  if (browser && !IS_CLONE) throw new UsageError('--browser needs a clone of Folio: the package has no browser.');
  if (!browser && backend === 'webgpu') requireDawn();
  await ensureBuild();
  // Loaded on demand: a package that was installed has neither Playwright nor a browser.
  if (browser) return (await import('./browserEngine.ts')).openBrowserEngine();
  return openNodeEngine(folder, backend === 'auto' || backend === 'webgpu');
}

/** @throws UsageError if Dawn, which is WebGPU in Node, is not installed */
function requireDawn(): void {
  try {
    createRequire(import.meta.url).resolve('webgpu');
  } catch (cause) {
    throw new UsageError(
      'WebGPU in Node needs the package webgpu. Run npm install --no-save webgpu, or use --browser.',
      { cause },
    );
  }
}
