/** Files within files: gzip, zip and tar. What unpacks to more than a text may have is refused before it takes the memory. */
import type { FileEntry } from '@zip.js/zip.js/lib/zip-core-native.js';
import { concatenate } from '../../core/bytes.ts';
import { StudioError } from '../../core/errors.ts';
import { isLitter, plainPath, reasonOf } from '../../core/paths.ts';
import { listTar as filesOfTar } from '../../core/tar.ts';
import { entriesOfZip, gunzip as piecesOfGzip, unzip } from '../../core/zip.ts';
import { refuseKind } from './fileKinds.ts';

export interface PackedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** @throws StudioError `dataKind`, `dataUnreadable`, `dataTooLarge` */
  bytes(): Promise<Uint8Array>;
}

/** More entries than this are no texts. */
const MOST_FILES = 20_000;

export const isTar = (bytes: Uint8Array): boolean =>
  bytes.length >= 512 && String.fromCharCode(...bytes.subarray(257, 262)) === 'ustar';

function damaged(name: string, cause: unknown): StudioError {
  const reason = reasonOf(cause);
  const said = reason === '' ? 'it is damaged or cut off' : `it is damaged or cut off: ${reason}`;
  return new StudioError('dataUnreadable', reason, { name, reason: said, isDamaged: true }, { cause });
}

export function tooLarge(name: string, sizeBytes: number, maximumBytes: number): StudioError {
  return new StudioError('dataTooLarge', `${name}: ${sizeBytes} bytes`, { name, sizeBytes, maximumBytes });
}

/** What a gzip holds. @throws StudioError `dataUnreadable`, `dataTooLarge` */
export async function gunzip(bytes: Uint8Array, name: string, largest: number): Promise<Uint8Array> {
  try {
    const packed = new Blob([bytes.slice()]);
    return concatenate(await piecesOfGzip(packed, largest, (sizeBytes) => tooLarge(name, sizeBytes, largest)));
  } catch (cause) {
    throw cause instanceof StudioError ? cause : damaged(name, cause);
  }
}

/** The files of a zip, but for what file managers add; none is unpacked yet. @throws StudioError `dataUnreadable` */
export async function listZip(bytes: Uint8Array, name: string, largest: number): Promise<PackedFile[]> {
  const files: PackedFile[] = [];
  try {
    for await (const entry of entriesOfZip(bytes)) {
      if (files.length < MOST_FILES) files.push(zipFile(entry, name, largest));
    }
  } catch (cause) {
    throw damaged(name, cause);
  }
  return files.filter(({ path }) => !isLitter(path));
}

function zipFile(entry: FileEntry, name: string, largest: number): PackedFile {
  const path = plainPath(entry.filename);
  return {
    path,
    sizeBytes: entry.uncompressedSize,
    bytes: async () => {
      if (entry.encrypted) refuseKind(name, 'an archive that is encrypted with a password', 'unpack');
      if (entry.uncompressedSize > largest) throw tooLarge(path, entry.uncompressedSize, largest);
      const pieces: Uint8Array[] = [];
      await unzip(entry, (piece) => pieces.push(piece)).catch((cause: unknown) => {
        throw damaged(path, cause);
      });
      return concatenate(pieces);
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
