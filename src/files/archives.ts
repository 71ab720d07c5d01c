/** Files of an archive: zip, tar, and gzip around either. Sizes are looked at before a byte is unpacked. */
import type { FileEntry } from '@zip.js/zip.js/lib/zip-core-native.js';
import { isGzip, isZip } from '../core/bytes.ts';
import { StudioError } from '../core/errors.ts';
import { isLitter, plainPath, reasonOf } from '../core/paths.ts';
import { listTar } from '../core/tar.ts';
import { entriesOfZip, gunzip, unzip } from '../core/zip.ts';
import { kindOfBytes } from '../text/reading/fileKinds.ts';
import { megabytes, refusal } from './refusals.ts';
import { plainFile, type SourceFile } from './sourceFile.ts';

/** More entries than this are no model's folder. */
const MOST_FILES = 1000;
/** A file that becomes more than this many times larger when unpacked is a trap: text becomes five times as large. */
const LARGEST_RATIO = 200;
/** What an archive within an archive, or a tar within a gzip, may take. */
const LARGEST_INNER_BYTES = 4 * 2 ** 30;
/** How zips hold files that browsers can unpack: as they are, and by deflate. */
const METHODS: readonly number[] = [0, 8];

/** Whether a file is an archive by its name: one that is opened, or is refused by its kind. */
export const isArchiveName = (path: string): boolean => /\.(zip|tar|tgz|gz|7z|rar|xz|bz2|zst)$/i.test(path);

/**
 * The files of an archive, but for what file managers add. None of them is unpacked yet, unless it is a gzip.
 * @param name what it is called in sentences
 * @throws StudioError `bundleArchive` if it is damaged, `bundleUnpack` for a kind that has to be unpacked first
 */
export async function listArchive(name: string, blob: Blob): Promise<SourceFile[]> {
  const start = await startOf(blob);
  const [what, advice] = kindOfBytes(start) ?? [];
  if (advice === 'unpack') throw refusal('bundleUnpack', name, '', `is ${what}, which Folio can’t open`);
  const files = isGzip(start)
    ? await listGzip(name, blob)
    : ((await tarFiles(name, blob)) ?? (await listZip(name, blob)));
  return files.filter(({ path }) => !isLitter(path));
}

const startOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.slice(0, 16).arrayBuffer());

/** A gzip holds one file: a tar, or any other under its own name without the ending. */
async function listGzip(name: string, blob: Blob): Promise<SourceFile[]> {
  const largest = Math.min(LARGEST_INNER_BYTES, LARGEST_RATIO * (blob.size + 1000));
  const tooLarge = (): Error => new Error('it would become far too large when unpacked');
  const pieces = await gunzip(blob, largest, tooLarge).catch((thrown: unknown) => {
    throw refusal('bundleArchive', name, '', `is a gzip that is damaged or cut off (${reasonOf(thrown)})`, thrown);
  });
  const inner = new Blob(pieces);
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

/** A file as a blob: an archive within an archive. @throws StudioError `bundleUnpack`, `bundleArchive` */
export async function blobOf({ path, sizeBytes, pass }: SourceFile): Promise<Blob> {
  if (sizeBytes > LARGEST_INNER_BYTES) {
    throw refusal('bundleUnpack', path, '', `is ${megabytes(sizeBytes)}, too large to open as an archive`);
  }
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  await pass((piece) => pieces.push(piece.slice()));
  return new Blob(pieces);
}

async function listZip(name: string, blob: Blob): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  try {
    for await (const entry of entriesOfZip(blob)) {
      if (files.length >= MOST_FILES) throw refusal('bundleArchive', name, '', `has more than ${MOST_FILES} files`);
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
  if (!isZip(await startOf(blob))) return 'is neither a zip nor a tar archive';
  return `is a zip that is cut off or damaged (${reasonOf(thrown)}); the download may have stopped early`;
}

function zipFile(archive: string, entry: FileEntry): SourceFile {
  const { filename, uncompressedSize, compressedSize, encrypted, compressionMethod } = entry;
  const path = plainPath(filename);
  return {
    path,
    sizeBytes: uncompressedSize,
    pass: async (take) => {
      if (encrypted) throw refusal('bundleUnpack', archive, path, 'is encrypted with a password');
      if (!METHODS.includes(compressionMethod)) {
        throw refusal('bundleUnpack', archive, path, 'is compressed with a method that browsers can’t unpack');
      }
      if (uncompressedSize > LARGEST_RATIO * (compressedSize + 1000)) {
        throw refusal('bundleArchive', archive, path, 'would become far larger when unpacked than any model does');
      }
      await unzip(entry, take).catch((thrown: unknown) => {
        if (thrown instanceof StudioError) throw thrown;
        throw refusal('bundleArchive', archive, filename, `is damaged (${reasonOf(thrown)})`, thrown);
      });
    },
  };
}
