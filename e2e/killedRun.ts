/** One run on the page, with the browser killed on the way as often as wanted, and what is left of it at the end. */
import { createHash } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import { expectHarmless, type Watched, watch } from './fixtures.ts';
import { Studio } from './pages/studio.ts';
import { createProfile, type Profile } from './profile.ts';
import { SHORT_SPLIT, SHORT_TEXT } from './shortText.ts';

/** The browser is killed so many milliseconds after the page has shown a step. */
export interface Kill {
  readonly step: number;
  readonly afterMs: number;
}

export interface KilledRunOptions {
  readonly url: string;
  readonly steps: number;
  readonly evalEvery: number;
  readonly saveEvery: number;
  readonly backend: 'wasm' | 'webgpu';
  /** H, of a model of two layers. */
  readonly hiddenSize: number;
  readonly batchSize: number;
  /** Ascending; none: the run is left alone. */
  readonly kills: readonly Kill[];
  readonly say?: (line: string) => void;
}

/** What a run left: hashes of the newest checkpoint's parameters, and every figure but those of the clock. */
export interface RunRemains {
  readonly hashes: Readonly<Record<string, string>>;
  readonly points: readonly unknown[];
  readonly heldOut: readonly unknown[];
  /** Steps at which the run was taken up again, in order. */
  readonly resumedAt: readonly number[];
}

const CLOCK = ['tokensPerSecond', 'elapsedMs'];

/** Trains a small model on a short text to the end. */
export async function runWithKills(options: KilledRunOptions): Promise<RunRemains> {
  const profile = createProfile();
  try {
    return await walk(profile, options);
  } finally {
    await profile.remove();
  }
}

async function walk(profile: Profile, options: KilledRunOptions): Promise<RunRemains> {
  const { kills, say = () => undefined } = options;
  const resumedAt: number[] = [];
  const open = async (): Promise<Page> => {
    const opened = await profile.open();
    watched.push(await watch(opened.context));
    return opened.page;
  };
  const watched: Watched[] = [];
  let page = await open();
  await startRun(page, options);
  let reached = 0;
  for (const [index, kill] of kills.entries()) {
    const saved = await watchUntil(page, kill);
    await profile.kill();
    page = await open();
    const step = await resume(page, options.url);
    say(`kill ${index + 1}: saved at step ${saved}, resumed from step ${step} of ${options.steps}`);
    // What the page had been told to be saved is never lost.
    expect(step).toBeGreaterThanOrEqual(Math.max(saved, reached));
    reached = step;
    resumedAt.push(step);
  }
  await expect(page.getByText(/held-out loss [\d.]+ after/).first()).toBeVisible({ timeout: 900_000 });
  for (const one of watched) expectHarmless(one, options.url);
  const remains = await page.evaluate(readNewest);
  return {
    hashes: Object.fromEntries(
      Object.entries(remains.files).map(([name, base64]) => [
        name,
        createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex'),
      ]),
    ),
    points: remains.points.map(withoutClock),
    heldOut: remains.heldOut,
    resumedAt,
  };
}

async function startRun(page: Page, options: KilledRunOptions): Promise<void> {
  const { url, steps, evalEvery, saveEvery, backend, hiddenSize, batchSize } = options;
  const settings = {
    ...SHORT_SPLIT,
    'tokenizer.vocabSize': 300,
    'pipeline.seqLength': 32,
    'model.hiddenSize': hiddenSize,
    'model.numHiddenLayers': 2,
    'model.numAttentionHeads': 2,
    'model.intermediateSize': 4 * hiddenSize,
    'training.batchSize': batchSize,
    'training.steps': steps,
    'training.warmupSteps': 10,
    'training.evalEvery': evalEvery,
    'training.saveEvery': saveEvery,
    'training.logEvery': 5,
  };
  const query = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const studio = await Studio.open(page, `${url}#data?${query.join('&')}`);
  await studio.data.loadPasted(SHORT_TEXT);
  await studio.goTo('Tokenizer');
  await studio.tokenizer.train();
  await studio.next('Pipeline');
  await studio.next('Model');
  await studio.model.chooseDevice(backend, backend === 'webgpu' ? 'WebGPU' : 'WebAssembly');
  await studio.model.create();
  await studio.next('Train');
  await studio.train.start();
  // From here on the run is there after a kill.
  await expect(page.getByText(/^Saved on this device at step/)).toBeVisible({ timeout: 120_000 });
}

/** Waits for the moment of a kill, or for the run's end. @returns the last step that the page said to be saved */
async function watchUntil(page: Page, { step, afterMs }: Kill): Promise<number> {
  await page.waitForFunction(
    (wanted) => {
      const words = document.body.innerText;
      const at = Number(/^step ([\d,]+) of/m.exec(words)?.[1]?.replaceAll(',', '') ?? -1);
      return at >= wanted || /held-out loss [\d.]+ after/.test(words);
    },
    step,
    // By timer, since a page that has much to do draws fewer frames.
    { timeout: 600_000, polling: 50 },
  );
  await page.waitForTimeout(afterMs);
  const line = page.getByText(/^Saved on this device at step/);
  const words = (await line.isVisible()) ? await line.innerText() : 'step 0,';
  return Number(/step ([\d,]+),/.exec(words)?.[1]?.replaceAll(',', '') ?? 0);
}

/** Presses Resume on the first page. @returns the step that the list names */
async function resume(page: Page, url: string): Promise<number> {
  const studio = await Studio.open(page, url);
  const row = studio.runs.rows.first();
  await expect(row, 'a run is offered').toBeVisible({ timeout: 60_000 });
  const words = await row.innerText();
  const step = Number((/step ([\d,]+) of/.exec(words) ?? /([\d,]+) steps/.exec(words))?.[1]?.replaceAll(',', ''));
  if (Number.isNaN(step)) throw new Error(`The list names no step: ${words}`);
  const ended = await row.getByRole('button', { name: 'Open', exact: true }).isVisible();
  await row.getByRole('button', { name: ended ? 'Open' : 'Resume', exact: true }).click();
  await expect(studio.heading('Train')).toBeVisible({ timeout: 60_000 });
  return step;
}

/** Runs in the page: the newest checkpoint, read from the browser's own storage behind the page's back. */
async function readNewest() {
  const root = await navigator.storage.getDirectory();
  const runs = await root.getDirectoryHandle('runs');
  const folders: FileSystemDirectoryHandle[] = [];
  for await (const handle of runs.values()) if (handle.kind === 'directory') folders.push(handle);
  const [folder] = folders;
  if (folder === undefined || folders.length > 1) throw new Error(`${folders.length} runs`);
  const read = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(await (await (await folder.getFileHandle(name)).getFile()).arrayBuffer());
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  const number = Math.max(...names.map((name) => Number(/^manifest-(\d+)/.exec(name)?.[1] ?? -1)));
  const text = new TextDecoder().decode(await read(`manifest-${number}.json`));
  const manifest = JSON.parse(text.slice(text.indexOf('\n') + 1));
  const base64 = (bytes: Uint8Array): string => {
    let binary = '';
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return btoa(binary);
  };
  const json = async (name: string): Promise<unknown[]> => JSON.parse(new TextDecoder().decode(await read(name)));
  const points: unknown[] = [];
  for (const { name } of manifest.points) points.push(...(await json(name)));
  const files: Record<string, string> = {};
  for (const part of ['weights', 'firstMoments', 'secondMoments'])
    files[part] = base64(await read(manifest[part].name));
  return { files, points, heldOut: await json(manifest.heldOut.name) };
}

function withoutClock(point: unknown): unknown {
  return Object.fromEntries(Object.entries(point as object).filter(([name]) => !CLOCK.includes(name)));
}
