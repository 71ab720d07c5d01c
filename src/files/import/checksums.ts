/** Compares a bundle with its `checksums.txt`. */
import { createSHA256 } from 'hash-wasm';
import { CHECKSUMS_NAME, checksumLines } from '../export/checksums.ts';
import { refusal } from './refusals.ts';
import { type BundleSource, readTextFile, type SourceFile } from './source.ts';

const LARGEST_LIST_BYTES = 1 << 20;

/**
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
