/** `checksums.txt` of a bundle, written and compared: the SHA-256 of every other file, as `sha256sum -c` reads it. */

import { createSHA256 } from 'hash-wasm';
import { concatenate } from '../core/bytes.ts';
import { plainPath } from '../core/paths.ts';
import type { BundleEntry, Bytes } from './bundleEntry.ts';
import { type BundleSource, readIfText } from './bundleSource.ts';
import { refusal } from './refusals.ts';
import type { SourceFile } from './sourceFile.ts';

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
      yield new TextEncoder().encode([...hashes].map(([path, hash]) => `${hash}  ${path}\n`).join(''));
    },
  };
  return [...hashed, checksums];
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
const CR = 0x0d;
const LF = 0x0a;

/**
 * Compares a bundle with its list. What the model is not read from may differ, and is told; line ends that version control
 * changed are told as well.
 * @param needed files that are going to be read for the model
 * @param unverified whether the person wants it opened even if one of them differs
 * @returns whether there is a list, and every file that the model is read from is the one in it; sentences on what differs
 *   without harm
 * @throws StudioError `bundleChecksum` if one of the needed files differs
 */
export async function compareChecksums(source: BundleSource, needed: readonly string[], unverified: boolean) {
  if (!source.files.has(CHECKSUMS_NAME)) return { checked: false, notices: [] };
  const { listed, hasOtherLines } = await readList(source);
  if (listed.size === 0) {
    return { checked: false, notices: [`${CHECKSUMS_NAME} contains no checksums, so nothing was compared.`] };
  }
  const found: Record<FileState, string[]> = { same: [], lineEnds: [], differs: [], absent: [] };
  for (const [path, hash] of listed) found[await compare(source.files.get(path), path, hash)].push(path);
  const present = needed.filter((path) => source.files.has(path));
  const unlisted = present.filter((path) => !listed.has(path));
  const changed = present.filter((path) => found.differs.includes(path));
  if (!unverified && changed[0] !== undefined) {
    const reason = 'is not the file that was written: its checksum differs';
    throw refusal('bundleChecksum', changed[0], '', reason);
  }
  const harmless = found.differs.filter((path) => !changed.includes(path));
  const told: readonly (readonly [readonly string[], string])[] = [
    [changed, 'Opened unverified although the checksum differs'],
    [unlisted, 'Not in the list of checksums, so not compared'],
    [harmless, 'Changed after export, but not read for the model'],
    [found.absent, 'In the list of checksums, but no longer there'],
    [found.lineEnds, 'Changed after export, but only in line endings'],
    [hasOtherLines ? [CHECKSUMS_NAME] : [], 'Has lines that are not checksums; the files that it names were compared'],
  ];
  return {
    checked: changed.length + unlisted.length === 0,
    notices: told.flatMap(([paths, sentence]) => (paths.length === 0 ? [] : [`${sentence}: ${namesOf(paths)}.`])),
  };
}

const namesOf = (paths: readonly string[]): string =>
  paths.length > 8 ? `${paths.slice(0, 8).join(', ')} and ${paths.length - 8} more` : paths.join(', ');

/** A line as `sha256sum` writes it, for a file of text or (with a star) of bytes, and as it does with `--tag`. */
const LINE =
  /^(?<hash>[0-9a-f]{64})[ \t]+\*?(?<path>\S.*)$|^SHA2?-?256 ?\((?<tagPath>.+)\) ?= ?(?<tagHash>[0-9a-f]{64})$/i;

/** Hashes by path. A list that can't be read is none: it is no part of the model. */
async function readList(source: BundleSource) {
  const lines = ((await readIfText(source, CHECKSUMS_NAME, LARGEST_LIST_BYTES)) ?? '').split(/\r?\n/);
  const listed = new Map<string, string>();
  for (const line of lines) {
    const { hash, path, tagHash, tagPath } = LINE.exec(line.trimEnd())?.groups ?? {};
    const name = path ?? tagPath;
    if (name !== undefined) listed.set(plainPath(name), String(hash ?? tagHash).toLowerCase());
  }
  const others = lines.filter((line) => line.trim() !== '' && !LINE.test(line.trimEnd()));
  listed.delete(CHECKSUMS_NAME);
  return { listed: fromFolder(listed, source), hasOtherLines: others.length > 0 };
}

/** A list that was made from outside of the folder has its name before every path. */
function fromFolder(listed: Map<string, string>, { files }: BundleSource): Map<string, string> {
  const [first = ''] = listed.keys();
  const folder = first.slice(0, first.indexOf('/') + 1);
  const paths = [...listed.keys()];
  if (folder === '' || !paths.every((path) => path.startsWith(folder))) return listed;
  if (paths.some((path) => files.has(path))) return listed;
  return new Map([...listed].map(([path, hash]) => [path.slice(folder.length), hash]));
}

type FileState = 'same' | 'lineEnds' | 'differs' | 'absent';
/** Files of text, whose line ends version control may change. */
const TEXTS = /\.(json|txt|md|csv|py|mjs)$/;

async function compare(file: SourceFile | undefined, path: string, hash: string): Promise<FileState> {
  if (file === undefined) return 'absent';
  if ((await hashOf(file, false)) === hash) return 'same';
  return TEXTS.test(path) && (await hashOf(file, true)) === hash ? 'lineEnds' : 'differs';
}

/** @param unix whether CR LF counts as LF */
async function hashOf(file: SourceFile, unix: boolean): Promise<string> {
  const hasher = await createSHA256();
  hasher.init();
  let heldBack = false;
  await file.pass((piece) => {
    if (!unix) {
      hasher.update(piece);
      return;
    }
    // A CR at the end of a piece waits for what follows it.
    const bytes = heldBack ? concatenate([Uint8Array.of(CR), piece]) : piece;
    heldBack = bytes.at(-1) === CR;
    const end = heldBack ? bytes.length - 1 : bytes.length;
    hasher.update(bytes.subarray(0, end).filter((byte, at) => byte !== CR || bytes[at + 1] !== LF));
  });
  if (heldBack) hasher.update(Uint8Array.of(CR));
  return hasher.digest('hex');
}
