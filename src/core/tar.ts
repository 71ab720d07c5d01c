/**
 * The tar format, read: blocks of 512 bytes, a header before each file, empty blocks at the end.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block"; GNU tar's manual, "Basic Tar Format".
 */
import { plainPath } from './paths.ts';

const BLOCK = 512;
/** What a header of a long name, or of attributes, may have. */
const LARGEST_EXTRA_BYTES = 1 << 16;

interface Header {
  readonly path: string;
  readonly sizeBytes: number;
  /** 0 or nothing: a file; 1, 2: a link; L: a long name; x: attributes of the next file. */
  readonly kind: string;
  readonly linkedTo: string;
}

const textAt = (block: Uint8Array, from: number, bytes: number): string => {
  const field = block.subarray(from, from + bytes);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
};

/** A number in octal digits, or in base 256 where it is too large for them; NaN where it is neither. */
function numberAt(block: Uint8Array, from: number, bytes: number): number {
  const field = block.subarray(from, from + bytes);
  if (field[0] === 0x80) return field.subarray(1).reduce((sum, byte) => 256 * sum + byte, 0);
  const digits = textAt(block, from, bytes).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN;
}

/** @returns null where the block is no header: its sum says so */
function readHeader(block: Uint8Array): Header | null {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  const sizeBytes = numberAt(block, 124, 12);
  if (block.length < BLOCK || sum === 8 * 0x20 || numberAt(block, 148, 8) !== sum || !(sizeBytes >= 0)) return null;
  const prefix = textAt(block, 257, 5) === 'ustar' && block[262] === 0 ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    sizeBytes,
    kind: textAt(block, 156, 1),
    linkedTo: textAt(block, 157, 100),
  };
}

/** The path among the attributes of a pax header. @example "25 path=a/long/name.txt\n" */
const paxPath = (text: string): string | undefined => /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];

interface TarEntry extends Header {
  readonly content: Blob;
}

/** Every header with what follows it. @throws Error where it is cut off or damaged */
async function* entriesOf(blob: Blob): AsyncGenerator<TarEntry> {
  for (let at = 0; at < blob.size; ) {
    const block = new Uint8Array(await blob.slice(at, at + BLOCK).arrayBuffer());
    if (block.every((byte) => byte === 0)) return;
    const header = readHeader(block);
    const start = at + BLOCK;
    if (header === null || start + header.sizeBytes > blob.size) {
      throw new Error('is a tar that is damaged or cut off');
    }
    yield { ...header, content: blob.slice(start, start + header.sizeBytes) };
    at = start + BLOCK * Math.ceil(header.sizeBytes / BLOCK);
  }
}

/** A name that a header of its own gives the next file; null if it gives none. */
async function longNameOf({ kind, content }: TarEntry): Promise<string | null> {
  if (kind !== 'L' && kind !== 'x') return null;
  const text = await content.slice(0, LARGEST_EXTRA_BYTES).text();
  return kind === 'L' ? (text.split('\0', 1)[0] ?? null) : (paxPath(text) ?? null);
}

/**
 * The files of a tar; links within it are the files that they lead to.
 * @returns paths and contents; null where it is no tar
 * @throws Error where it is cut off or damaged, or holds more than `mostFiles`
 */
export async function listTar(blob: Blob, mostFiles: number): Promise<{ path: string; blob: Blob }[] | null> {
  if (readHeader(new Uint8Array(await blob.slice(0, BLOCK).arrayBuffer())) === null) return null;
  const files = new Map<string, Blob>();
  const links: Header[] = [];
  let longName: string | null = null;
  for await (const entry of entriesOf(blob)) {
    const path = plainPath(longName ?? entry.path);
    longName = await longNameOf(entry);
    if (entry.kind === '' || entry.kind === '0') files.set(path, entry.content);
    if (entry.kind === '1' || entry.kind === '2') links.push({ ...entry, path });
    if (files.size + links.length > mostFiles) {
      throw new Error(`has more than ${mostFiles} files`);
    }
  }
  for (const link of links) {
    const target = files.get(targetOf(link));
    if (target !== undefined) files.set(link.path, target);
  }
  return [...files].map(([path, content]) => ({ path, blob: content }));
}

/** Where a link leads within the archive. A hard link's target counts from the archive's root, a symbolic one's from its folder. */
function targetOf({ path, kind, linkedTo }: Header): string {
  if (kind === '1') return plainPath(linkedTo);
  const parts = path.split('/').slice(0, -1);
  for (const part of plainPath(linkedTo).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
