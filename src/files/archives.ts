/** Files of an archive: zip, tar, and gzip around either. Sizes are looked at before a byte is unpacked. */

import { BlobReader, type Entry, type FileEntry, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';
import { StudioError } from '../core/errors.ts';
import { isLitter, plainPath, reasonOf } from '../core/paths.ts';
import { listTar } from '../core/tar.ts';
import { megabytes, refusal } from './refusals.ts';
import { plainFile, type SourceFile } from './sourceFile.ts';

/** More entries than this are no model's folder. */
const MOST_FILES = 1000;
/** A file that becomes more than this many times larger when unpacked is a trap: text becomes five times as large. */
const LARGEST_RATIO = 200;
/** What an archive within an archive, or a tar within a gzip, may take. */
const LARGEST_INNER_BYTES = 4 * 2 ** 30;

/** Archives that browsers can't unpack, by their first bytes. */
const OTHER_ARCHIVES: readonly (readonly [what: string, start: readonly number[]])[] = [
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['a RAR archive', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['packed with xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['packed with bzip2', [0x42, 0x5a, 0x68]],
  ['packed with Zstandard', [0x28, 0xb5, 0x2f, 0xfd]],
];

const ZIP_START = [0x50, 0x4b, 0x03, 0x04];
/** How zips hold files that browsers can unpack: as they are, and by deflate. */
const METHODS: readonly number[] = [0, 8];

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, at) => bytes[at] === byte);

/** Whether a file is an archive by its name: one that is opened, or is refused by its kind. */
export const isArchiveName = (path: string): boolean => /\.(zip|tar|tgz|gz|7z|rar|xz|bz2|zst)$/i.test(path);

/**
 * The files of an archive, but for what file managers add. None of them is unpacked yet, unless it is a gzip.
 * @param name what it is called in sentences
 * @throws StudioError `bundleArchive` if it is damaged, `bundleUnpack` for a kind that has to be unpacked first
 */
export async function listArchive(name: string, blob: Blob): Promise<SourceFile[]> {
  const start = new Uint8Array(await blob.slice(0, 8).arrayBuffer());
  const other = OTHER_ARCHIVES.find(([, bytes]) => startsWith(start, bytes));
  if (other !== undefined) throw refusal('bundleUnpack', name, '', `is ${other[0]}, which Folio can’t open`);
  const files = startsWith(start, [0x1f, 0x8b])
    ? await listGzip(name, blob)
    : ((await tarFiles(name, blob)) ?? (await listZip(name, blob)));
  return files.filter(({ path }) => !isLitter(path));
}

/** A gzip holds one file: a tar, or any other under its own name without the ending. */
async function listGzip(name: string, blob: Blob): Promise<SourceFile[]> {
  const inner = await gunzip(name, blob);
  return (await tarFiles(name, inner)) ?? [plainFile({ path: name.replace(/\.gz$/i, ''), blob: inner })];
}

/** @returns null where it is no tar */
async function tarFiles(name: string, blob: Blob): Promise<SourceFile[] | null> {
  try {
    return (await listTar(blob, MOST_FILES))?.map(plainFile) ?? null;
  } catch (thrown) {
    throw refusal('bundleArchive', name, '', reasonOf(thrown), thrown);
  }
}

async function gunzip(name: string, blob: Blob): Promise<Blob> {
  const largest = Math.min(LARGEST_INNER_BYTES, LARGEST_RATIO * (blob.size + 1000));
  try {
    return await collect((write) => blob.stream().pipeThrough(new DecompressionStream('gzip')).pipeTo(write), largest);
  } catch (thrown) {
    throw refusal('bundleArchive', name, '', `is a gzip that is damaged or cut off (${reasonOf(thrown)})`, thrown);
  }
}

/** @throws Error if more comes than `largest` bytes */
async function collect(fill: (write: WritableStream<Uint8Array>) => Promise<void>, largest: number): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const write = (piece: Uint8Array): void => {
    size += piece.length;
    if (size > largest) throw new Error('it would become far larger when unpacked');
    pieces.push(piece.slice());
  };
  await fill(new WritableStream({ write }));
  return new Blob(pieces);
}

/** A file as a blob: an archive within an archive. @throws StudioError `bundleTooLarge`, `bundleArchive` */
export async function blobOf({ path, sizeBytes, pass }: SourceFile): Promise<Blob> {
  if (sizeBytes > LARGEST_INNER_BYTES) {
    throw refusal('bundleTooLarge', path, '', `has ${megabytes(sizeBytes)}; unpack it, and open what is in it`);
  }
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  await pass((piece) => pieces.push(piece.slice()));
  return new Blob(pieces);
}

async function listZip(name: string, blob: Blob): Promise<SourceFile[]> {
  const reader = new ZipReader(new BlobReader(blob), { useWebWorkers: false });
  const files: SourceFile[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      // Windows marks a folder by a backslash at its end.
      if (entry.directory || entry.filename.endsWith('\\')) continue;
      if (files.length >= MOST_FILES) throw refusal('bundleArchive', name, '', `holds more than ${MOST_FILES} files`);
      files.push(zipFile(name, entry));
    }
  } catch (thrown) {
    if (thrown instanceof StudioError) throw thrown;
    throw refusal('bundleArchive', name, '', await whyNoZip(blob, thrown), thrown);
  }
  return files;
}

/** The list of a zip's files stands at its end. */
async function whyNoZip(blob: Blob, thrown: unknown): Promise<string> {
  const start = new Uint8Array(await blob.slice(0, 4).arrayBuffer());
  if (!startsWith(start, ZIP_START)) return 'is neither a zip nor a tar';
  return `is a zip that is cut off or damaged (${reasonOf(thrown)}); the download may have stopped early`;
}

function zipFile(archive: string, entry: Extract<Entry, { directory: false }>): SourceFile {
  const { filename, uncompressedSize, compressedSize, encrypted, compressionMethod } = entry;
  const path = plainPath(filename);
  return {
    path,
    sizeBytes: uncompressedSize,
    pass: async (take) => {
      if (encrypted) throw refusal('bundleUnpack', archive, path, 'is encrypted with a password');
      if (!METHODS.includes(compressionMethod)) {
        throw refusal('bundleUnpack', archive, path, 'is compressed by a method that browsers can’t unpack');
      }
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
