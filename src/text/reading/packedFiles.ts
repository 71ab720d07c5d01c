/** Files within files: gzip, zip and tar. What unpacks to more than a text may have is refused before it takes the memory. */
import { type FileEntry, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';
import { StudioError } from '../../core/errors.ts';
import { isLitter, plainPath, reasonOf } from '../../core/paths.ts';
import { listTar as filesOfTar } from '../../core/tar.ts';
import { refuseKind } from './fileKinds.ts';

export interface PackedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** @throws StudioError `dataKind`, `dataUnreadable`, `dataTooLarge` */
  bytes(): Promise<Uint8Array>;
}

/** More entries than this are no texts. */
const MOST_FILES = 20_000;

const startsWith = (bytes: Uint8Array, ...start: number[]): boolean => start.every((byte, at) => bytes[at] === byte);

export const isGzip = (bytes: Uint8Array): boolean => startsWith(bytes, 0x1f, 0x8b, 0x08);
export const isZip = (bytes: Uint8Array): boolean =>
  startsWith(bytes, 0x50, 0x4b, 0x03, 0x04) || startsWith(bytes, 0x50, 0x4b, 0x05, 0x06);
export const isTar = (bytes: Uint8Array): boolean =>
  bytes.length >= 512 && String.fromCharCode(...bytes.subarray(257, 262)) === 'ustar';

function damaged(name: string, cause: unknown): StudioError {
  const reason = reasonOf(cause);
  const said = reason === '' ? 'it is damaged or cut off' : `it is damaged or cut off: ${reason}`;
  return new StudioError('dataUnreadable', reason, { name, reason: said }, { cause });
}

function tooLarge(name: string, sizeBytes: number, maximumBytes: number): StudioError {
  return new StudioError('dataTooLarge', `${name} unpacks to ${sizeBytes} bytes`, { name, sizeBytes, maximumBytes });
}

/** What a gzip holds. @throws StudioError `dataUnreadable`, `dataTooLarge` */
export async function gunzip(bytes: Uint8Array, name: string, largest: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      if (size > largest) {
        await reader.cancel();
        throw tooLarge(name, size, largest);
      }
      pieces.push(next.value);
    }
  } catch (cause) {
    throw cause instanceof StudioError ? cause : damaged(name, cause);
  }
  return joined(pieces, size);
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The files of a zip, but for what file managers add; none is unpacked yet. @throws StudioError `dataUnreadable` */
export async function listZip(bytes: Uint8Array, name: string, largest: number): Promise<PackedFile[]> {
  try {
    const entries = await new ZipReader(new Uint8ArrayReader(bytes), { useWebWorkers: false }).getEntries();
    return entries
      .slice(0, MOST_FILES)
      .filter((entry): entry is FileEntry => !entry.directory && !/[\\/]$/.test(entry.filename))
      .map((entry) => zipFile(entry, name, largest))
      .filter(({ path }) => !isLitter(path));
  } catch (cause) {
    throw damaged(name, cause);
  }
}

function zipFile(entry: FileEntry, name: string, largest: number): PackedFile {
  const path = plainPath(entry.filename);
  return {
    path,
    sizeBytes: entry.uncompressedSize,
    bytes: async () => {
      if (entry.encrypted) refuseKind(name, 'an archive that is locked with a password', 'unpack');
      if (entry.uncompressedSize > largest) throw tooLarge(path, entry.uncompressedSize, largest);
      const pieces: Uint8Array[] = [];
      let size = 0;
      const write = (piece: Uint8Array): void => {
        size += piece.length;
        if (size > entry.uncompressedSize) throw new Error('it is larger than its entry says');
        pieces.push(piece);
      };
      try {
        await entry.getData(new WritableStream({ write }), { checkSignature: true, useWebWorkers: false });
      } catch (cause) {
        throw damaged(path, cause);
      }
      return joined(pieces, size);
    },
  };
}

/** The files of a tar, but for what file managers add. @throws StudioError `dataUnreadable` */
export async function listTar(bytes: Uint8Array, name: string): Promise<PackedFile[]> {
  const files = await filesOfTar(new Blob([bytes.slice()]), MOST_FILES).catch((cause: unknown) => {
    throw damaged(name, new Error('', { cause }));
  });
  return (files ?? [])
    .filter(({ path }) => !isLitter(path))
    .map(({ path, blob }) => ({
      path,
      sizeBytes: blob.size,
      bytes: async () => new Uint8Array(await blob.arrayBuffer()),
    }));
}
