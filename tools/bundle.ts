/** What the first page has to load before it can be used, from the build's manifest. */
import { gzipSync } from 'node:zlib';

/** One entry of `dist/.vite/manifest.json`. */
interface ManifestEntry {
  readonly file: string;
  readonly imports?: readonly string[];
}

export type Manifest = Readonly<Record<string, ManifestEntry>>;

export interface BundleReport {
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
