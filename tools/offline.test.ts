import { expect, test } from 'vitest';
import { offlineLists } from './offline.ts';

const built = (...paths: string[]) => paths.map((path) => ({ path, source: path }));
const urls = (lists: ReturnType<typeof offlineLists>): string[] => lists.files.map(({ url }) => url);

test('the page, its workers, wasm, fonts and the sonnets are kept at the first visit', () => {
  const page = [
    'index.html',
    'data/sonnets.txt',
    'assets/worker-B1.js',
    'assets/kernels-2.wasm',
    'assets/inter-3.woff2',
  ];
  expect(urls(offlineLists(built(...page)))).toEqual([...page].sort());
});

test('the libraries of Verify are kept when they are used', () => {
  const lists = offlineLists(built('index.html', 'assets/verifyWorker-4.js', 'assets/ort-wasm-simd-5.wasm'));
  expect(lists.later).toEqual(['assets/ort-wasm-simd-5.wasm', 'assets/verifyWorker-4.js']);
  expect(urls(lists)).toEqual(['index.html']);
});

test('what only commands and the build read is left out', () => {
  const lists = offlineLists(built('headless.html', 'assets/headless-6.js', '.vite/manifest.json', 'assets/a.js.map'));
  expect(lists).toEqual({ files: [], later: [] });
});

test('a file without a hash in its name gets one that follows its bytes', () => {
  const revision = (source: string) => offlineLists([{ path: 'index.html', source }]).files[0]?.revision;
  expect(revision('a')).toMatch(/^[\da-f]{16}$/);
  expect(revision('a')).not.toBe(revision('b'));
  expect(offlineLists(built('assets/main-7.js')).files).toEqual([{ url: 'assets/main-7.js', revision: null }]);
});
