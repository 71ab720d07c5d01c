/** `checksums.txt` of the bundle: the SHA-256 of every other file, as `sha256sum -c` reads it. */
import { createSHA256 } from 'hash-wasm';
import type { BundleEntry } from './bundleEntry.ts';
import type { Bytes } from './bytes.ts';

export const CHECKSUMS_NAME = 'checksums.txt';

/**
 * The entries, hashed while they are written, and after them the file with their hashes.
 * @example "9f86d0…  config.json\n"
 */
export function withChecksums(entries: readonly BundleEntry[]): BundleEntry[] {
  const hashes = new Map<string, string>();
  const hashed = entries.map((entry) => ({ ...entry, chunks: () => hashWhileRead(entry, hashes) }));
  const lineBytes = ({ path }: BundleEntry): number => 64 + 2 + new TextEncoder().encode(path).length + 1;
  const checksums: BundleEntry = {
    path: CHECKSUMS_NAME,
    purpose: 'The SHA-256 of every other file; “sha256sum -c checksums.txt” checks them.',
    sizeBytes: entries.reduce((sum, entry) => sum + lineBytes(entry), 0),
    chunks: async function* () {
      yield new TextEncoder().encode(checksumLines(hashes));
    },
  };
  return [...hashed, checksums];
}

/** The text of the file. */
export function checksumLines(hashes: ReadonlyMap<string, string>): string {
  return [...hashes].map(([path, hash]) => `${hash}  ${path}\n`).join('');
}

async function* hashWhileRead({ path, chunks }: BundleEntry, hashes: Map<string, string>): AsyncGenerator<Bytes> {
  const hasher = await createSHA256();
  hasher.init();
  for await (const chunk of chunks()) {
    hasher.update(chunk);
    yield chunk;
  }
  hashes.set(path, hasher.digest('hex'));
}
