/**
 * What the export of a large model takes in the page: `node --import tsx e2e/perf/exportMemory.ts [preset] [fp32,fp16,q8]`.
 * Weights are drawn, not trained; the zip goes to the browser's disk. Prints seconds, megabytes, and how far the resident
 * memory of the page's process rose above what it had with the model in place.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { chromium, type Page } from '@playwright/test';
import { configForPreset, type PresetName } from '../../src/core/config.ts';
import type { OnnxPrecision } from '../../src/files/exportOptions.ts';
import { countParameters } from '../../src/model/parameters.ts';
import { ensureBuild } from '../../tools/build.ts';
import { findChromium, webgpuFlags } from '../../tools/chromium.mjs';
import { serveApp } from '../../tools/serve.ts';

const MEGABYTE = 2 ** 20;
const SAMPLE_EVERY_MS = 20;

interface FolioWindow {
  readonly folio: { readonly client: { call(command: string, params: unknown): Promise<never> } };
}

/** Resident bytes of every renderer of a browser profile. */
function rendererBytes(profile: string): number {
  let total = 0;
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8');
      if (!command.includes('--type=renderer') || !command.includes(profile)) continue;
      total += 4096 * Number(readFileSync(`/proc/${id}/statm`, 'utf8').split(' ')[1]);
    } catch {
      // It ended meanwhile.
    }
  }
  return total;
}

const call = (page: Page, command: string, params: unknown): Promise<unknown> =>
  page.evaluate(
    async ([name, given]) => {
      const result: unknown = await (globalThis as unknown as FolioWindow).folio.client.call(name as string, given);
      return result instanceof Blob ? result.size : result;
    },
    [command, params] as const,
  );

async function prepare(page: Page, preset: PresetName): Promise<number> {
  const { model, pipeline, training } = configForPreset(preset);
  await call(page, 'device.probe', { choice: 'wasm' });
  await call(page, 'data.load', { source: { kind: 'sonnets' }, config: { heldOutShare: 0.1, splitSeed: 1 } });
  const { vocabSize } = (await call(page, 'tokenizer.train', {
    config: { vocabSize: 30_522, minFrequency: 2 },
  })) as { vocabSize: number };
  // One row a step: nothing is trained here, and the estimate has to fit.
  await call(page, 'model.create', { model, pipeline, training: { ...training, batchSize: 1 } });
  const largest = 4 * Math.max(vocabSize * model.hiddenSize, model.hiddenSize * model.intermediateSize);
  console.log(
    `${preset}: ${countParameters(model, vocabSize)} parameters, largest tensor ${Math.round(largest / MEGABYTE)} MB`,
  );
  return largest;
}

async function measure(preset: PresetName, onnx: readonly OnnxPrecision[]): Promise<void> {
  await ensureBuild();
  const app = await serveApp(4473);
  const profile = mkdtempSync(join(tmpdir(), 'folio-export-memory-'));
  const executablePath = findChromium();
  const browser = await chromium.launchPersistentContext(profile, {
    ...(executablePath && { executablePath }),
    args: webgpuFlags(),
  });
  try {
    const page = await browser.newPage();
    await page.goto(new URL('headless.html', app.url).href);
    const largest = await prepare(page, preset);
    await new Promise((settled) => setTimeout(settled, 3000));
    const before = rendererBytes(profile);
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, rendererBytes(profile));
    }, SAMPLE_EVERY_MS);
    const startedMs = performance.now();
    const options = { weights: 'float32', onnx, extras: [] };
    const size = (await call(page, 'export.zip', { name: 'large', options })) as number;
    const seconds = (performance.now() - startedMs) / 1000;
    clearInterval(timer);
    const rose = (peak - before) / MEGABYTE;
    const allowed = (3 * largest) / MEGABYTE + 64;
    console.log(
      `${onnx.join(',')}: ${(size / MEGABYTE).toFixed(0)} MB in ${seconds.toFixed(1)} s; memory rose by ${rose.toFixed(0)} MB ` +
        `above ${(before / MEGABYTE).toFixed(0)} MB (three largest tensors and 64 MB: ${allowed.toFixed(0)} MB)`,
    );
  } finally {
    await browser.close();
    await app.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

const [preset = 'roberta-6x768', onnx = 'fp32'] = process.argv.slice(2);
await measure(preset as PresetName, onnx.split(',') as OnnxPrecision[]);
process.exit(0);
