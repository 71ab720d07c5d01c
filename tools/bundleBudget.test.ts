import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bundleComplaints, bundleReport, type Manifest } from './bundleBudget.ts';

const MANIFEST: Manifest = {
  'index.html': { file: 'main.js', imports: ['_shared.js', '_ui.js'] },
  '_shared.js': { file: 'shared.js' },
  '_ui.js': { file: 'ui.js', imports: ['_shared.js', 'index.html'] },
  'lazy.ts': { file: 'lazy.js' },
};

const report = (contents: Readonly<Record<string, string>>) =>
  bundleReport(MANIFEST, 'index.html', (file) => Buffer.from(contents[file] ?? `// ${file}`));

describe('the bundle of the first page', () => {
  test('is what static imports reach, each file once', () => {
    const { files, gzipBytes } = report({});
    expect(files.map(({ file }) => file)).toEqual(['main.js', 'shared.js', 'ui.js']);
    const expected = ['main.js', 'shared.js', 'ui.js'].map((file) => gzipSync(`// ${file}`).length);
    expect(gzipBytes).toBe(expected.reduce((a, b) => a + b));
  });

  test('fails at the budget and passes under it', () => {
    const it = report({});
    expect(bundleComplaints(it, it.gzipBytes + 1)).toEqual([]);
    expect(bundleComplaints(it, it.gzipBytes)).toHaveLength(1);
  });

  test('may not hold tfjs, however it got there', () => {
    expect(bundleComplaints(report({ 'ui.js': 'x="@tensorflow/tfjs-core"' }), 1e9)).toEqual(['ui.js holds tfjs.']);
    expect(bundleComplaints(report({ 'lazy.js': 'x="@tensorflow/tfjs-core"' }), 1e9)).toEqual([]);
  });

  test('an entry that the build does not have is an error, not an empty bundle', () => {
    expect(() => bundleReport({}, 'index.html', () => new Uint8Array())).toThrow('index.html');
  });
});
