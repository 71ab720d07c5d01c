/** The command line trains with the page's own engine; what it writes is read by other libraries. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadLines } from '../../src/files/useScripts.ts';
import type { Cases } from '../../tools/cases.ts';
import { type BundleFacts, checkBundle, readBundle } from '../bundle.ts';
import { loadInTransformersJs } from '../transformersJs.ts';
import { runTrain, SONNETS, summaryOf } from './trainCommand.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'folio-interop-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SMALL = ['--corpus', SONNETS, '--preset', 'micro', '--vocab-size', '400', '--warmup-steps', '2'];

/** JavaScript's white space is not Unicode's; test:python compares these with the library in Rust. */
const ORACLE_IS_WRONG = /[\u0085\ufeff]/u;

function weightsHash(name: string): string {
  return createHash('sha256')
    .update(readFileSync(join(folder, name, 'model.safetensors')))
    .digest('hex');
}

async function train(name: string, ...args: string[]): Promise<Record<string, unknown>> {
  const outcome = await runTrain(...SMALL, '--out', join(folder, name), ...args);
  expect(outcome.stderr).toContain('Model:');
  expect(outcome.code).toBe(0);
  return summaryOf(outcome);
}

describe('a run', () => {
  let summary: Record<string, unknown>;
  let facts: BundleFacts;
  let cases: Cases;

  beforeAll(async () => {
    const casesPath = join(folder, 'cases.json');
    const given = ['--steps', '200', '--backend', 'wasm', '--learning-rate', '0.01', '--onnx', 'fp32,fp16,q8'];
    summary = await train('run', ...given, '--cases', casesPath);
    facts = checkBundle(readBundle(join(folder, 'run')));
    cases = JSON.parse(readFileSync(casesPath, 'utf8')) as Cases;
  });

  test('ends with one line of JSON about it', () => {
    expect(Object.keys(summary)).toEqual([
      'steps',
      'seconds',
      'backend',
      'adapter',
      'tokensPerSecond',
      'dataWaitShare',
      'trainLoss',
      'heldOutLoss',
      'heldOutTop1',
      'heldOutTop5',
      'vocabSize',
      'parameters',
      'randomLoss',
      'unigramLoss',
      'neighbourLoss',
      'neighbourTop1',
      'neighbourTop5',
      'wordTableTop1',
      'wordTableTop5',
      'heldOutStandardError',
      'heldOutDocumentError',
      'heldOutBitsPerByte',
      'heldOutWordAccuracy',
      'heldOutWordTop1',
      'heldOutWordTop5',
      'heldOutCalibrationError',
    ]);
    expect(summary).toMatchObject({ steps: 200, backend: 'wasm', vocabSize: 400, parameters: facts.parameters });
    expect(summary['heldOutLoss']).toBeCloseTo(facts.heldOutLosses.get(200) ?? Number.NaN, 6);
    expect(summary['heldOutLoss']).toBeLessThan((facts.heldOutLosses.get(0) ?? 0) - 0.3);
  });

  test('the tokenizer of the bundle gives our ids in @huggingface/tokenizers', () => {
    expect(cases.encode.length).toBe(500);
    const comparable = cases.encode.filter(({ text }) => !ORACLE_IS_WRONG.test(text));
    expect(comparable.length).toBeGreaterThan(400);
    for (const { text, ids } of comparable) expect([text, facts.encode(text)]).toEqual([text, [...ids]]);
  });

  test('masks are answered by five candidates each, from the logits at their positions', () => {
    expect(cases.fill.length).toBe(50);
    cases.fill.forEach(({ text, masks }, index) => {
      const rows = cases.logits[index]?.logits ?? [];
      expect(masks.map((candidates) => candidates.length)).toEqual(rows.map(() => 5));
      expect(masks.length).toBe(text.split('<mask>').length - 1);
      masks.forEach((candidates, mask) => {
        const row = rows[mask] ?? [];
        const total = row.reduce((sum, logit) => sum + Math.exp(logit), 0);
        expect(row.length).toBe(400);
        expect(candidates[0]?.token).toBe(row.indexOf(Math.max(...row)));
        expect(candidates[0]?.score).toBeCloseTo(Math.exp(Math.max(...row)) / total, 5);
      });
    });
  });
});

describe('Transformers.js in Node', () => {
  const rowsOf = async (dtype: 'fp32' | 'fp16' | 'q8'): Promise<{ ours: number[]; theirs: number[] }[]> => {
    const loaded = await loadInTransformersJs(join(folder, 'run'), dtype);
    const pairs: { ours: number[]; theirs: number[] }[] = [];
    for (const { text, positions, logits } of readCases().logits) {
      const all = await loaded.logits(text);
      positions.forEach((position, index) => {
        pairs.push({ ours: [...(logits[index] ?? [])], theirs: all[position] ?? [] });
      });
    }
    expect(pairs.length).toBeGreaterThan(80);
    return pairs;
  };
  const readCases = (): Cases => JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as Cases;
  const farthest = (pairs: readonly { ours: number[]; theirs: number[] }[]): number =>
    Math.max(
      ...pairs.flatMap(({ ours, theirs }) => ours.map((logit, id) => Math.abs(logit - (theirs[id] ?? Infinity)))),
    );

  test('its tokenizer gives our ids', async () => {
    const { encode } = await loadInTransformersJs(join(folder, 'run'));
    const comparable = readCases().encode.filter(({ text }) => !ORACLE_IS_WRONG.test(text));
    for (const { text, ids } of comparable) expect([text, encode(text)]).toEqual([text, [...ids]]);
  });

  test('logits of 50 masked lines are ours: within 1e-4, in float16 2e-2', async () => {
    expect(farthest(await rowsOf('fp32'))).toBeLessThan(1e-4);
    expect(farthest(await rowsOf('fp16'))).toBeLessThan(2e-2);
  });

  test('in int8 at least 90% of the first guesses are ours', async () => {
    const best = (row: readonly number[]): number => row.indexOf(Math.max(...row));
    const pairs = await rowsOf('q8');
    const same = pairs.filter(({ ours, theirs }) => best(ours) === best(theirs));
    expect(same.length / pairs.length).toBeGreaterThanOrEqual(0.9);
  });

  test('use.mjs runs as it is, from any folder', () => {
    // It has to find node_modules above it.
    const place = join(import.meta.dirname, '../../.cache/use');
    rmSync(place, { recursive: true, force: true });
    cpSync(join(folder, 'run'), place, { recursive: true });
    // And the lines that the page shows, beside the folder.
    const page = join(place, '../page.mjs');
    const asked = /fill\("(.*)"\)/.exec(readFileSync(join(place, 'use.mjs'), 'utf8'))?.[1] ?? '';
    writeFileSync(page, loadLines('use', [asked]).javascript);
    const outputs = [join(place, 'use.mjs'), page].map((script) => {
      const { stdout, stderr, status } = spawnSync(process.execPath, [script], { cwd: tmpdir(), encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      return stdout;
    });
    rmSync(place, { recursive: true, force: true });
    rmSync(page);
    expect(outputs[1]).toBe(outputs[0]);
    const scores = outputs[0]?.trimEnd().split('\n') ?? [];
    expect(scores).toHaveLength(5);
    expect(Number(scores[0]?.slice(0, 5))).toBeGreaterThan(1 / 400);
  });
});

/** Weights are all that is compared, so nothing is held out: a look at held-out text takes minutes on a software adapter. */
const UNWATCHED = ['--held-out', '0', '--onnx', 'none'];

describe('the same seed gives the same weights, bit for bit', () => {
  test('on wasm, and another seed does not; with nothing held out it says null where there is no figure', async () => {
    const options = ['--steps', '20', '--backend', 'wasm', ...UNWATCHED];
    const summary = await train('wasm-a', '--seed', '7', ...options);
    await train('wasm-b', '--seed', '7', ...options);
    await train('wasm-c', '--seed', '8', ...options);
    expect(weightsHash('wasm-b')).toBe(weightsHash('wasm-a'));
    expect(weightsHash('wasm-c')).not.toBe(weightsHash('wasm-a'));
    expect(summary).toMatchObject({ heldOutLoss: null, heldOutTop1: null, heldOutTop5: null, steps: 20 });
    expect(summary['trainLoss']).toBeGreaterThan(1);
    const { split } = JSON.parse(readFileSync(join(folder, 'wasm-a/training_args.json'), 'utf8'));
    expect(split).toMatchObject({ training_documents: 154, held_out_documents: 0, training_samples: 2155 });
  });

  test('on WebGPU, in a browser', async () => {
    const options = ['--browser', '--steps', '4', '--backend', 'webgpu', '--seed', '7', ...UNWATCHED];
    expect(await train('webgpu-a', ...options)).toMatchObject({ backend: 'webgpu' });
    await train('webgpu-b', ...options);
    expect(weightsHash('webgpu-b')).toBe(weightsHash('webgpu-a'));
  });

  test.skipIf(!hasDawn())('on WebGPU in Node (by the package webgpu) and in a browser', async () => {
    const options = ['--steps', '4', '--backend', 'webgpu', '--seed', '7', ...UNWATCHED];
    expect(await train('dawn', ...options)).toMatchObject({ backend: 'webgpu' });
    await train('dawn-browser', '--browser', ...options);
    expect(weightsHash('dawn')).toBe(weightsHash('dawn-browser'));
  });

  test('in Node and in a browser: every file but for names and times', async () => {
    const options = ['--steps', '20', '--backend', 'wasm', '--seed', '7', '--onnx', 'fp32,fp16,q8'];
    await train('node', ...options);
    await train('browser', '--browser', ...options);
    const [node, browser] = [filesOf('node'), filesOf('browser')];
    expect([...node.keys()]).toEqual([...browser.keys()]);
    // Both name the run and when it was; so does the list of checksums.
    const dated = ['README.md', 'checksums.txt', 'metrics.csv', 'training_args.json', 'runs/events'];
    const different = [...node.keys()].filter((name) => node.get(name) !== browser.get(name));
    expect(different.filter((name) => !dated.includes(name))).toEqual([]);
    const lossesOf = (name: string): string[] =>
      readFileSync(join(folder, name, 'metrics.csv'), 'utf8')
        .split('\n')
        .map((line) => line.split(',', 5).join());
    expect(lossesOf('node')).toEqual(lossesOf('browser'));
  });
});

/** WebGPU in Node is a package that is installed on request. */
function hasDawn(): boolean {
  return existsSync(join(import.meta.dirname, '../../node_modules/webgpu'));
}

/** The text of each file by its path, the event file's by `runs/events`: its path has the run's name and time. */
function filesOf(name: string): Map<string, string> {
  const place = join(folder, name);
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map(({ parentPath, name: file }): [string, string] => {
        const path = relative(place, join(parentPath, file)).replaceAll('\\', '/');
        return [path.startsWith('runs/') ? 'runs/events' : path, readFileSync(join(parentPath, file), 'latin1')];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

describe('bad input ends with exit code 2 and one sentence', () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runTrain('--out', join(folder, 'refused'), ...args);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
    return stderr.trimEnd().split('\n').at(-1) ?? '';
  };
  const made = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  test('a file that is not there', async () => {
    expect(await refused('--corpus', join(folder, 'none.txt'))).toMatch(/none\.txt not found\.$/);
  });

  test('an absurd number', async () => {
    const sentence = 'Batch size can’t be 1000000000: the value must be a whole number from 1 to 4,096.';
    expect(await refused('--corpus', SONNETS, '--batch-size', '1e9')).toBe(sentence);
  });

  test('an empty text', async () => {
    expect(await refused('--corpus', made('empty.txt', ''))).toBe('“empty.txt” contains no text.');
  });

  test('a picture', async () => {
    const picture = made(
      'picture.txt',
      Uint8Array.from({ length: 500 }, (_, index) => index % 256),
    );
    expect(await refused('--corpus', picture)).toMatch(/^“picture\.txt” is not a text file: [^.]*\.$/);
  });
});
