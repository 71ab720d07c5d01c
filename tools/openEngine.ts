/** The engine in Node or in a browser, of a page that is built where it has to be. */
import type { BackendChoice } from '../src/core/device.ts';
import { ensureBuild } from './build.ts';
import type { Engine } from './engine.ts';

/** Whether a graphics card may compute with this choice. */
export function usesGpu(choice: BackendChoice): boolean {
  return choice === 'auto' || choice === 'webgpu';
}

export interface EngineOptions {
  /** In a headless Chromium, and not in Node. */
  readonly browser: boolean;
  /** Whether a graphics card may compute. */
  readonly gpu: boolean;
  /** Where runs are kept, in Node; null: they are not. */
  readonly folder: string | null;
}

/**
 * Builds the page where it has to be, and opens its engine.
 * @throws Error with a sentence if that can't be
 */
export async function openEngine({ browser, gpu, folder }: EngineOptions): Promise<Engine> {
  await ensureBuild();
  if (!browser) return (await import('./nodeEngine.ts')).openNodeEngine(folder, gpu);
  // Loaded on demand: a package that was installed has neither Playwright nor a browser.
  return (await import('./browserEngine.ts')).openBrowserEngine();
}
