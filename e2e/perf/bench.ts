/**
 * `npm run bench`: Folio beside tfjs as it comes, jax-js and PyTorch on the same steps, and beside the native tokenizers
 * library; engines take turns within one run, medians are printed. `--help` lists the options.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { findChromium, webgpuFlags } from '../../tools/chromium.mjs';
import { findPython } from '../../tools/python.ts';
import { ROOT } from '../../tools/tools.ts';
import type { BenchBackend } from './benchEngine.ts';
import { type Oracle, startOracle } from './oracle.ts';
import { prepareGpuBench } from './prepareGpuBench.ts';
import { type BenchResult, tableOf } from './results.ts';
import { SHAPES } from './shapes.ts';
import { measureCase, type Places, type StepCase } from './stepSuite.ts';
import { measureTokenizers } from './tokenizerSuite.ts';

const FOLDER = join(ROOT, 'node_modules/.cache/folio-bench');

const HELP = `npm run bench -- --gpu DIR
  makes the folder DIR, which measures a graphics card in Node on Dawn by itself: bash DIR/run.sh

npm run bench -- [--full] [--suite step|tokenizer] [--backend webgpu|wasm] [--shape NAME] [--out FILE]
npm run bench -- --against DIR [--full] [--backend webgpu|wasm] [--shape NAME] [--out FILE]

  --full      bench-small on a software adapter too, where plain tfjs takes minutes a step, and a text of 100 MB
  --suite     only training steps, or only tokenizers
  --backend   only one backend
  --shape     only one of ${SHAPES.map(({ name }) => name).join(', ')}
  --against   training steps of this checkout beside those of another one in DIR, and nothing else
  --out       writes the figures as JSON`;

interface Options {
  readonly isFull: boolean;
  readonly suite: string | undefined;
  readonly backend: string | undefined;
  readonly shape: string | undefined;
  readonly outPath: string | null;
  /** Folder to prepare for a graphics card, and nothing else; null: none. */
  readonly gpuPath: string | null;
  /** Another checkout, whose engine takes the place of the others; null: none. */
  readonly againstPath: string | null;
}

function readOptions(): Options | null {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      full: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      suite: text,
      backend: text,
      shape: text,
      out: text,
      gpu: text,
      against: text,
    },
  });
  if (values.help) return null;
  const { full = false, suite, backend, shape, out, gpu, against } = values;
  const expect = (name: string, value: string | undefined, known: readonly string[]): void => {
    if (value !== undefined && !known.includes(value)) {
      throw new TypeError(`--${name} can be ${known.join(', ')}, not "${value}".`);
    }
  };
  expect('suite', suite, ['step', 'tokenizer']);
  expect('backend', backend, ['webgpu', 'wasm']);
  const names = SHAPES.map(({ name }) => name);
  expect('shape', shape, names);
  const folder = process.env['INIT_CWD'] ?? process.cwd();
  const pathOf = (given: string | undefined): string | null => (given === undefined ? null : resolve(folder, given));
  const paths = { outPath: pathOf(out), gpuPath: pathOf(gpu), againstPath: pathOf(against) };
  return { isFull: full, suite: against === undefined ? suite : 'step', backend, shape, ...paths };
}

/** Everything that is measured with these options. */
function casesFor({ isFull, backend, shape, againstPath }: Options, isSoftware: boolean): StepCase[] {
  const others = ['tfjs-stock', 'jax-js', 'pytorch'] as const;
  const engines = ['folio', ...(againstPath === null ? others : (['before'] as const))] as const;
  const backends = (['webgpu', 'wasm'] as const).filter((name: BenchBackend) => (backend ?? name) === name);
  return backends.flatMap((name) =>
    SHAPES.filter((one) => (shape ?? one.name) === one.name)
      .filter((one) => name === 'wasm' || !isSoftware || one.name !== 'bench-small' || isFull)
      .map((one): StepCase => {
        const isLong = name === 'webgpu' && isSoftware && one.name === 'bench-small';
        return { shape: one, backend: name, engines, ...(isLong ? { once: ['tfjs-stock'] } : {}) };
      }),
  );
}

interface ServedPage {
  readonly url: string;
  close(): Promise<void>;
}

/** Where the page of a checkout is built: another one may share this one's packages, and with them their cache. */
const folderOf = (root: string): string => join(FOLDER, root === ROOT ? 'here' : 'before');

/** Builds the benchmark's page of a checkout, and serves it. */
async function servePage(root: string): Promise<ServedPage> {
  console.error(`Building the benchmark${root === ROOT ? '' : ` of ${root}`} …`);
  const configFile = join(root, 'e2e/perf/vite.config.ts');
  const options = { configFile, logLevel: 'error', build: { outDir: folderOf(root), emptyOutDir: true } } as const;
  await build(options);
  const place = { port: 4373, strictPort: false, host: '127.0.0.1', open: false };
  const server = await preview({ ...options, preview: place });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('The benchmark’s page has no address.');
  return { url, close: () => server.close() };
}

async function openPage(browser: Browser, { url }: ServedPage): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => (globalThis as { bench?: unknown }).bench !== undefined);
  return page;
}

async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('No Chromium was found.');
  return chromium.launch({ executablePath, args: webgpuFlags(true) });
}

interface AdapterInfo {
  readonly words: string;
  readonly isSoftware: boolean;
}

/** null: no WebGPU here. */
async function adapterOf(page: Page): Promise<AdapterInfo | null> {
  return page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) return null;
    const { vendor, architecture, isFallbackAdapter } = adapter.info;
    const words = `${vendor} ${architecture}`;
    return { words, isSoftware: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/.test(words) };
  });
}

function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' and changes');
  } catch {
    return 'unknown';
  }
}

function findOracle(): Oracle | null {
  const found = findPython(['torch', 'transformers', 'tokenizers']);
  if ('missing' in found) console.error(`PyTorch and tokenizers are skipped: ${found.missing}.`);
  return 'python' in found ? startOracle(found.python) : null;
}

/** @param save called after each case with everything so far: the benchmark is long, and a late failure must not cost it */
async function measureAll(
  places: Places,
  options: Options,
  save: (results: readonly BenchResult[]) => void,
): Promise<BenchResult[]> {
  const { page, oracle } = places;
  const adapter = await adapterOf(page);
  const results: BenchResult[] = [];
  const say = (words: string): void => console.error(words);
  if (options.suite !== 'tokenizer') {
    for (const bench of casesFor(options, adapter?.isSoftware ?? true)) {
      if (bench.backend === 'webgpu' && adapter === null) {
        say(`${bench.shape.name} on webgpu: skipped, the browser found no adapter.`);
        continue;
      }
      say(`${bench.shape.name} on ${bench.backend} …`);
      results.push(...(await measureCase(places, bench, say)));
      save(results);
    }
  }
  if (options.suite !== 'step') {
    say('Tokenizers …');
    results.push(...(await measureTokenizers(page, folderOf(ROOT), oracle, options.isFull)));
  }
  return results;
}

async function bench(options: Options): Promise<void> {
  const { againstPath } = options;
  const oracle = againstPath === null ? findOracle() : null;
  const served: ServedPage[] = [];
  let browser: Browser | undefined;
  try {
    for (const root of againstPath === null ? [ROOT] : [ROOT, againstPath]) served.push(await servePage(root));
    const opened = await openBrowser();
    browser = opened;
    const [page, before = null] = await Promise.all(served.map((one) => openPage(opened, one)));
    if (page === undefined) throw new Error('The benchmark’s page did not open.');
    const machine = {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      node: process.version,
      chromium: opened.version(),
      adapter: (await adapterOf(page))?.words ?? null,
      commit: commit(),
    };
    const save = (results: readonly BenchResult[]): void => {
      if (options.outPath === null) return;
      writeFileSync(options.outPath, `${JSON.stringify({ ...machine, results }, null, 2)}\n`);
    };
    const results = await measureAll({ page, oracle, before }, options, save);
    save(results);
    console.log(`${Object.values(machine).join(', ')}\n\n${tableOf(results)}`);
  } finally {
    oracle?.close();
    await browser?.close();
    await Promise.all(served.map(({ close }) => close()));
  }
}

try {
  const options = readOptions();
  if (options === null) console.log(HELP);
  else if (options.gpuPath !== null) await prepareGpuBench(options.gpuPath);
  else await bench(options);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = thrown instanceof TypeError ? 2 : 1;
}
