/** Zips and gzips, unpacked a piece at a time, so that what becomes too large is stopped before it takes the memory. */
import { BlobReader, type FileEntry, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';

/** The files of a zip; none is unpacked yet. @throws Error where it is no zip, cut off or damaged */
export async function* entriesOfZip(zip: Blob | Uint8Array): AsyncGenerator<FileEntry> {
  const reader = zip instanceof Blob ? new BlobReader(zip) : new Uint8ArrayReader(zip);
  for await (const entry of new ZipReader(reader, { useWebWorkers: false }).getEntriesGenerator()) {
    // Windows marks a folder by a backslash at its end.
    if (!entry.directory && !/[\\/]$/.test(entry.filename)) yield entry;
  }
}

/** Hands over the bytes of a zip's file. @throws Error where they are damaged, or more or fewer than its entry says */
export async function unzip(entry: FileEntry, take: (piece: Uint8Array) => void): Promise<void> {
  let passed = 0;
  const write = (piece: Uint8Array): void => {
    passed += piece.length;
    if (passed > entry.uncompressedSize) throw new Error('it is larger than its entry says');
    take(piece);
  };
  const options = { checkSignature: true, checkOverlappingEntry: true, useWebWorkers: false };
  await entry.getData(new WritableStream({ write }), options);
  if (passed !== entry.uncompressedSize) throw new Error('it is smaller than its entry says');
}

/** What a gzip holds. @throws what `tooLarge` makes of more than `largest` bytes; Error where it is damaged or cut off */
export async function gunzip(
  packed: Blob,
  largest: number,
  tooLarge: (sizeBytes: number) => Error,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const write = (piece: Uint8Array<ArrayBuffer>): void => {
    size += piece.length;
    if (size > largest) throw tooLarge(size);
    pieces.push(piece);
  };
  await packed.stream().pipeThrough(new DecompressionStream('gzip')).pipeTo(new WritableStream({ write }));
  return pieces;
}
