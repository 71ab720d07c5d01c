/** `checksums.txt` of a bundle, written and compared: the SHA-256 of every other file, as `sha256sum -c` reads it. */
import { createSHA256 } from 'hash-wasm';
import type { BundleEntry, Bytes } from './bundleEntry.ts';
import { type BundleSource, readTextFile, type SourceFile } from './bundleSource.ts';
import { refusal } from './refusals.ts';

const CHECKSUMS_NAME = 'checksums.txt';

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
function checksumLines(hashes: ReadonlyMap<string, string>): string {
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

const LARGEST_LIST_BYTES = 1 << 20;

/**
 * Compares a bundle with its list.
 * @param needed files that are going to be read; they have to be in the list
 * @returns whether there is a list; without one nothing is compared
 * @throws StudioError `bundleChecksum` if the list is no list, a file differs, or one is there that it does not name
 */
export async function compareChecksums(source: BundleSource, needed: readonly string[]): Promise<boolean> {
  if (!source.files.has(CHECKSUMS_NAME)) return false;
  const text = await readTextFile(source, CHECKSUMS_NAME, LARGEST_LIST_BYTES);
  const listed = new Map<string, string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const match = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line);
    if (match) listed.set(match[2] as string, match[1] as string);
  }
  // Written again it has to be the same, so that no byte of it can change unseen.
  if (listed.size === 0 || checksumLines(listed) !== text) {
    throw refusal('bundleChecksum', CHECKSUMS_NAME, '', 'is no list of checksums as Folio writes it');
  }
  const unlisted = needed.find((path) => source.files.has(path) && !listed.has(path));
  if (unlisted !== undefined) throw refusal('bundleChecksum', CHECKSUMS_NAME, unlisted, 'is not in the list');
  for (const [path, hash] of listed) {
    const file = source.files.get(path);
    if (file === undefined)
      throw refusal('bundleChecksum', CHECKSUMS_NAME, path, 'is in the list but not in the folder');
    if ((await hashOf(file)) !== hash) {
      throw refusal('bundleChecksum', path, '', 'is not the file that was written: its checksum differs');
    }
  }
  return true;
}

async function hashOf(file: SourceFile): Promise<string> {
  const hasher = await createSHA256();
  hasher.init();
  await file.pass((piece) => hasher.update(piece));
  return hasher.digest('hex');
}
