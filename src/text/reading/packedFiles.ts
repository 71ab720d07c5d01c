/** Files within files: gzip, zip and tar. What unpacks to more than a text may have is refused before it takes the memory. */
import { type FileEntry, Uint8ArrayReader, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';
import { StudioError } from '../../core/errors.ts';
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
  const reason = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause);
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
  const path = entry.filename.replaceAll('\\', '/');
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

/** The files of a tar. @throws StudioError `dataUnreadable` */
export function listTar(bytes: Uint8Array, name: string): PackedFile[] {
  const files: PackedFile[] = [];
  const field = (at: number, length: number): string =>
    new TextDecoder().decode(bytes.subarray(at, at + length)).replace(/\0.*$/s, '');
  let longName = '';
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12).trim() || '0', 8);
    if (!Number.isFinite(size) || size < 0 || !isTar(bytes.subarray(at))) throw damaged(name, '');
    const [prefix, own, type] = [field(at + 345, 155), field(at + 0, 100), field(at + 156, 1)];
    const content = bytes.subarray(at + 512, at + 512 + size);
    if (type === 'L') longName = new TextDecoder().decode(content).replace(/\0.*$/s, '');
    else if (type === 'x') longName = /\d+ path=([^\n]+)\n/.exec(new TextDecoder().decode(content))?.[1] ?? '';
    else {
      const path = longName || (prefix === '' ? own : `${prefix}/${own}`);
      if (type === '0' || type === '') files.push({ path, sizeBytes: size, bytes: async () => content });
      longName = '';
    }
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return files.filter(({ path }) => !isLitter(path));
}

/** What Finder, Windows and version control add to folders. */
function isLitter(path: string): boolean {
  return /(^|\/)(__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\.git(\/|ignore$|attributes$))/i.test(path);
}
