import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildIsStale } from './build.ts';

let root = '';

/** Writes a file with an age in seconds. */
function write(path: string, ageSeconds: number): void {
  const full = join(root, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, path);
  const when = new Date(1_700_000_000_000 - ageSeconds * 1000);
  utimesSync(full, when, when);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'folio-build-'));
  write('src/main.tsx', 100);
  write('index.html', 100);
  write('dist/index.html', 50);
  write('dist/.vite/manifest.json', 50);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a build newer than its sources is kept', () => {
  expect(buildIsStale(root)).toBe(false);
});

test.each(['src/core/deep/new.ts', 'index.html', 'public/data/sonnets.txt', 'tools/offline.ts'])(
  'a newer %s makes it stale',
  (path) => {
    write(path, 10);
    expect(buildIsStale(root)).toBe(true);
  },
);

test.each(['tools/train.ts', 'src/core/bpe.test.ts', 'src/compute/tfjs/kernels/gelu.gpu.test.ts'])(
  '%s is no part of the page',
  (path) => {
    write(path, 10);
    expect(buildIsStale(root)).toBe(false);
  },
);

test('a build that was cut off is stale', () => {
  rmSync(join(root, 'dist/.vite/manifest.json'));
  expect(buildIsStale(root)).toBe(true);
});
