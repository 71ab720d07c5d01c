/** Fails if the first page's JavaScript, by the build's manifest, is too large or holds tfjs. Run after a build. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { ROOT } from './tools.ts';

/** Gzipped, without what is loaded later. */
const BUDGET_BYTES = 350_000;

/** One entry of `dist/.vite/manifest.json`. */
interface ManifestEntry {
  readonly file: string;
  readonly imports?: readonly string[];
}

export type Manifest = Readonly<Record<string, ManifestEntry>>;

interface BundleReport {
  /** Scripts that static imports reach from the entry, the entry first. */
  readonly files: readonly { readonly file: string; readonly gzipBytes: number; readonly holdsTfjs: boolean }[];
  readonly gzipBytes: number;
}

/**
 * Follows static imports from `entry`; what is imported dynamically and workers come later and do not count.
 *
 * @param read gives a built file's bytes.
 */
export function bundleReport(manifest: Manifest, entry: string, read: (file: string) => Uint8Array): BundleReport {
  const seen = new Set<string>();
  const visit = (key: string): void => {
    const found = manifest[key];
    if (found === undefined) throw new Error(`The manifest has no ${key}.`);
    if (seen.has(key)) return;
    seen.add(key);
    for (const next of found.imports ?? []) visit(next);
  };
  visit(entry);
  const files = [...seen].map((key) => {
    const file = manifest[key]?.file ?? '';
    const bytes = read(file);
    return { file, gzipBytes: gzipSync(bytes).length, holdsTfjs: Buffer.from(bytes).includes('tensorflow') };
  });
  return { files, gzipBytes: files.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0) };
}

/** One sentence for everything that is wrong with the bundle. */
export function bundleComplaints({ files, gzipBytes }: BundleReport, budgetBytes: number): string[] {
  const complaints = files.filter(({ holdsTfjs }) => holdsTfjs).map(({ file }) => `${file} holds tfjs.`);
  if (gzipBytes >= budgetBytes) {
    const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
    complaints.push(
      `The first page loads ${kilobytes(gzipBytes)} of gzipped JavaScript; it must be under ${kilobytes(budgetBytes)}.`,
    );
  }
  return complaints;
}

if (process.argv[1]?.endsWith('bundleBudget.ts')) {
  const dist = join(ROOT, 'dist');
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Manifest;
  const report = bundleReport(manifest, 'index.html', (file) => readFileSync(join(dist, file)));
  const complaints = bundleComplaints(report, BUDGET_BYTES);
  for (const complaint of complaints) console.error(complaint);
  const [kilobytes, budget] = [report.gzipBytes, BUDGET_BYTES].map((bytes) => (bytes / 1000).toFixed(1));
  console.log(`First page: ${kilobytes} kB of ${budget} kB gzipped JavaScript in ${report.files.length} files.`);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
