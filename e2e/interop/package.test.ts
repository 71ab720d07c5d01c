/** The package that `npm run pack` makes, installed in an empty folder: nothing of the clone is near. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runNpm } from '../../tools/tools.ts';
import { checkBundle, readBundle } from '../bundle.ts';
import { SONNETS } from './trainCommand.ts';

let folder = '';
let command = '';
let page: ChildProcess | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'folio-package-'));
  const packed = await runNpm(['run', '--silent', 'pack', '--', '--pack-destination', folder], { output: 'keep' });
  expect(packed.code, packed.output).toBe(0);
  const [archive = ''] = readdirSync(folder);
  const place = join(folder, 'empty');
  mkdirSync(place);
  writeFileSync(join(place, 'package.json'), '{}');
  const installing = ['--prefix', place, 'install', '--offline', join(folder, archive)];
  const installed = await runNpm(installing, { output: 'keep' });
  expect(installed.code, installed.output).toBe(0);
  command = join(place, 'node_modules/folio-bert/bin/cli.js');
});

afterAll(() => {
  page?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test('is one package of less than 10 MB', () => {
  const [archive = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  expect(statSync(join(folder, archive)).size).toBeLessThan(10_000_000);
  const packages = readdirSync(join(folder, 'empty/node_modules')).filter((name) => !name.startsWith('.'));
  expect(packages).toEqual(['folio-bert']);
});

test('trains, by names that are relative to where it is run', () => {
  const args = [
    '--corpus',
    SONNETS,
    '--preset',
    'micro',
    '--vocab-size',
    '400',
    '--steps',
    '20',
    '--warmup-steps',
    '2',
  ];
  const run = spawnSync(process.execPath, [command, 'train', ...args, '--out', 'my-bert'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, INIT_CWD: undefined },
  });
  expect(run.stderr).toContain('Written to');
  expect(JSON.parse(run.stdout)).toMatchObject({ steps: 20, backend: 'wasm' });
  checkBundle(readBundle(join(folder, 'my-bert')));
  const { scripts, devDependencies } = JSON.parse(readFileSync(join(command, '../../package.json'), 'utf8'));
  expect([scripts, devDependencies]).toEqual([undefined, undefined]);
});

test('serves the page, isolated', async () => {
  page = spawn(process.execPath, [command, 'start', '--no-open', '--port', '4873'], { cwd: folder, stdio: 'pipe' });
  const url = await new Promise<string>((resolve) => {
    if (page?.stdout == null) throw new Error('no output');
    createInterface(page.stdout).on('line', (line) => resolve(/http:\S+/.exec(line)?.[0] ?? ''));
  });
  const answer = await fetch(url);
  expect(answer.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
  expect(await answer.text()).toContain('<title>Folio');
});
