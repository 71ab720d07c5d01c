/** A bundle's files, from a zip or a folder. Sizes are looked at before a byte is read, and nothing is read but by name. */
import { BlobReader, type Entry, type FileEntry, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';
import { StudioError } from '../core/errors.ts';
import { megabytes, refusal } from './refusals.ts';

export interface SourceFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Hands over the bytes, a piece at a time. @throws StudioError `bundleArchive` if they are not those of the archive */
  pass(take: (piece: Uint8Array) => void): Promise<void>;
}

export interface BundleSource {
  readonly name: string;
  /** By path within the folder that holds config.json. */
  readonly files: ReadonlyMap<string, SourceFile>;
}

/** More entries than this are no model's folder. */
const MOST_FILES = 1000;
/** A file that becomes more than this many times larger when unpacked is a trap: text becomes five times as large. */
const LARGEST_RATIO = 200;

/**
 * Opens a zip or a folder. Its files are not read yet.
 * @throws StudioError `bundleArchive`, `bundleFileMissing`
 */
export async function openSource(origin: BundleOrigin): Promise<BundleSource> {
  const listed = origin.kind === 'zip' ? await listZip(origin.name, origin.blob) : origin.files.map(plainFile);
  return { name: origin.name, files: withinModelFolder(origin.name, listed) };
}

function plainFile({ path, blob }: { readonly path: string; readonly blob: Blob }): SourceFile {
  return {
    path,
    sizeBytes: blob.size,
    pass: async (take) => {
      try {
        await blob.stream().pipeTo(new WritableStream({ write: take }));
      } catch (thrown) {
        throw thrown instanceof StudioError ? thrown : refusal('bundleArchive', path, '', reasonOf(thrown), thrown);
      }
    },
  };
}

async function listZip(name: string, blob: Blob): Promise<SourceFile[]> {
  const reader = new ZipReader(new BlobReader(blob), { useWebWorkers: false });
  const files: SourceFile[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (entry.directory) continue;
      if (files.length >= MOST_FILES) throw refusal('bundleArchive', name, '', `holds more than ${MOST_FILES} files`);
      files.push(zipFile(name, entry));
    }
  } catch (thrown) {
    if (thrown instanceof StudioError) throw thrown;
    throw refusal('bundleArchive', name, '', `is not a zip that can be read (${reasonOf(thrown)})`, thrown);
  }
  return files;
}

function zipFile(archive: string, entry: Extract<Entry, { directory: false }>): SourceFile {
  const { filename: path, uncompressedSize, compressedSize, encrypted } = entry;
  return {
    path,
    sizeBytes: uncompressedSize,
    pass: async (take) => {
      if (encrypted) throw refusal('bundleArchive', archive, path, 'is encrypted');
      if (uncompressedSize > LARGEST_RATIO * (compressedSize + 1000)) {
        throw refusal('bundleArchive', archive, path, 'would become far larger when unpacked, as no model does');
      }
      await unpack(archive, entry, take);
    },
  };
}

async function unpack(archive: string, entry: FileEntry, take: (piece: Uint8Array) => void): Promise<void> {
  let passed = 0;
  const target = new WritableStream<Uint8Array>({
    write: (piece) => {
      passed += piece.length;
      if (passed > entry.uncompressedSize) throw new Error('it is larger than its entry says');
      take(piece);
    },
  });
  try {
    await entry.getData(target, { checkSignature: true, checkOverlappingEntry: true, useWebWorkers: false });
    if (passed !== entry.uncompressedSize) throw new Error('it is smaller than its entry says');
  } catch (thrown) {
    if (thrown instanceof StudioError) throw thrown;
    throw refusal('bundleArchive', archive, entry.filename, `is damaged (${reasonOf(thrown)})`, thrown);
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message.replace(/\.$/, '') : String(thrown);
}

/** The files beside the uppermost config.json, by their path from there. */
function withinModelFolder(name: string, files: readonly SourceFile[]): Map<string, SourceFile> {
  const depth = (path: string): number => path.split('/').length;
  const configs = files
    .map(({ path }) => path)
    .filter((path) => /(^|\/)config\.json$/.test(path) && !path.startsWith('__MACOSX/'))
    .sort((a, b) => depth(a) - depth(b));
  const [first, second] = configs;
  if (first === undefined) throw refusal('bundleFileMissing', name, 'config.json', 'is missing');
  if (second !== undefined && depth(second) === depth(first)) {
    throw refusal('bundleArchive', name, 'config.json', 'is there more than once; open one model’s folder alone');
  }
  const folder = first.slice(0, -'config.json'.length);
  const inside = new Map<string, SourceFile>();
  for (const file of files) {
    if (!file.path.startsWith(folder)) continue;
    const path = file.path.slice(folder.length);
    if (inside.has(path)) throw refusal('bundleArchive', name, path, 'is there twice');
    inside.set(path, file);
  }
  return inside;
}

/**
 * A whole file in memory.
 * @param largestBytes what this file may have at most
 * @throws StudioError `bundleFileMissing`, `bundleTooLarge` before memory is taken; `bundleArchive`
 */
export async function readFile(
  source: BundleSource,
  path: string,
  largestBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = source.files.get(path);
  if (file === undefined) throw refusal('bundleFileMissing', source.name, path, 'is missing');
  if (file.sizeBytes > largestBytes) {
    const reason = `has ${megabytes(file.sizeBytes)}; ${megabytes(largestBytes)} is the most that Folio reads`;
    throw refusal('bundleTooLarge', source.name, path, reason);
  }
  const bytes = new Uint8Array(file.sizeBytes);
  let at = 0;
  await file.pass((piece) => {
    bytes.set(piece, at);
    at += piece.length;
  });
  return bytes;
}

/**
 * A file of text.
 * @throws StudioError as {@link readFile}, and `bundleArchive` if it is not UTF-8
 */
export async function readTextFile(source: BundleSource, path: string, largestBytes: number): Promise<string> {
  const bytes = await readFile(source, path, largestBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (thrown) {
    throw refusal('bundleArchive', path, '', 'is not UTF-8 text', thrown);
  }
}

/** What a person opens. */
export type BundleOrigin =
  | { readonly kind: 'zip'; readonly name: string; readonly blob: Blob }
  /** Paths are within the folder, with forward slashes. */
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly { readonly path: string; readonly blob: Blob }[];
    };
