/** Runs from the command line that are interrupted, and models that are used further. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runTrain, SONNETS, startTrain, summaryOf } from './trainCommand.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'folio-resume-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SMALL = ['--corpus', SONNETS, '--preset', 'micro', '--vocab-size', '400', '--warmup-steps', '2'];
const LONG = ['--steps', '400', '--backend', 'wasm', '--eval-every', '40', '--onnx', 'none', '--save-every', '10'];

const weightsOf = (name: string): Buffer => readFileSync(join(folder, name, 'model.safetensors'));

describe('a run that is interrupted', () => {
  test('by Ctrl-C is saved at the step where it was, and says how it is resumed', async () => {
    const out = join(folder, 'interrupted');
    const running = startTrain(...SMALL, '--out', out, '--steps', '1000000', '--backend', 'wasm', '--eval-every', '20');
    await running.said('Step 20:');
    running.process.kill('SIGINT');
    // A run of a million steps would end by nothing else.
    const { code, stdout, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/Saved at step \d+\. To resume: npm run train -- --resume /);
    expect(readdirSync(out)).toEqual(['checkpoints']);
  });

  test('by Ctrl-C and by a crash ends with the weights of one that was not', async () => {
    const out = join(folder, 'resumed');
    const started = startTrain(...SMALL, '--out', out, ...LONG);
    await started.said('Step 40:');
    started.process.kill('SIGINT');
    expect((await started.outcome).code).toBe(130);
    const crashed = startTrain('--resume', out);
    await crashed.said('Step 80:');
    await crashed.crash();
    const { code, stderr } = await runTrain('--resume', out);
    expect(stderr).toMatch(/Resumed at step \d+ of 400/);
    expect(code).toBe(0);
    expect((await runTrain(...SMALL, '--out', join(folder, 'uninterrupted'), ...LONG)).code).toBe(0);
    expect(weightsOf('resumed').equals(weightsOf('uninterrupted'))).toBe(true);
    expect(readdirSync(out)).toEqual(readdirSync(join(folder, 'uninterrupted')));
  });
});

test('a model is trained further from its folder, on another text', async () => {
  const text = join(folder, 'other.txt');
  writeFileSync(text, readFileSync(SONNETS, 'utf8').slice(0, 20_000));
  const outcome = await runTrain(
    '--corpus',
    text,
    '--open',
    join(folder, 'resumed'),
    '--out',
    join(folder, 'further'),
    '--steps',
    '5',
  );
  expect(outcome.stderr).toContain('Model: resumed, ');
  expect(summaryOf(outcome)).toMatchObject({ steps: 5, vocabSize: 400 });
  expect(readFileSync(join(folder, 'further/vocab.json'))).toEqual(readFileSync(join(folder, 'resumed/vocab.json')));
});

test('a model is scored in Node as in a browser', () => {
  const items = join(folder, 'items.csv');
  writeFileSync(items, 'text,word\nShall I compare <mask> to a summer’s day?,thee\nThou art <mask> lovely,more\n');
  const score = (...more: string[]): unknown =>
    JSON.parse(
      spawnSync(
        process.execPath,
        ['tools/setup.mjs', 'score', '--model', join(folder, 'resumed'), '--file', items, ...more],
        {
          cwd: join(import.meta.dirname, '../..'),
          encoding: 'utf8',
        },
      ).stdout,
    );
  const inNode = score('--backend', 'wasm');
  expect(inNode).toMatchObject({ items: 2 });
  expect(score('--backend', 'wasm', '--browser')).toEqual(inNode);
});
