/** Where a bundle goes: a zip on the browser's own disk, or a folder that the person chose. Streamed, and never in memory as a whole. */
import { makeZip } from 'client-zip';
import { StudioError } from '../../core/errors.ts';
import type { BundleEntry, Bytes } from '../../files/bundleEntry.ts';

/** Folder of zips in the origin's private file system; the one before is removed when another one is written. */
const ZIP_FOLDER = 'exports';

/** Told after every piece; throws to end the writing. */
export type OnWritten = (bytes: number) => void;

/** The entries as a zip with one folder in it. The zip lies on disk where the browser has a private file system. */
export async function writeZip(folder: string, entries: readonly BundleEntry[], onWritten: OnWritten): Promise<Blob> {
  const files = entries.map((entry) => ({ name: `${folder}/${entry.path}`, input: counted(entry, onWritten) }));
  const zip = makeZip(files, { buffersAreUTF8: true });
  const target = await openZipFile(`${folder}.zip`);
  if (target === null) return new Response(zip, { headers: { 'Content-Type': 'application/zip' } }).blob();
  try {
    await writeAll(zip, target.access);
  } finally {
    target.access.close();
  }
  return target.file.getFile();
}

interface ZipFile {
  readonly file: FileSystemFileHandle;
  readonly access: FileSystemSyncAccessHandle;
}

/** A fresh file of the private file system; null where there is none, as in some private windows. */
async function openZipFile(name: string): Promise<ZipFile | null> {
  try {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(ZIP_FOLDER, { recursive: true }).catch(() => undefined);
    const folder = await root.getDirectoryHandle(ZIP_FOLDER, { create: true });
    // A name of its own, since a page may still be reading the one before.
    const file = await folder.getFileHandle(`${crypto.randomUUID()}-${name}`, { create: true });
    return { file, access: await file.createSyncAccessHandle() };
  } catch {
    return null;
  }
}

async function writeAll(zip: ReadableStream<Uint8Array>, access: FileSystemSyncAccessHandle): Promise<void> {
  let at = 0;
  const write = (piece: Uint8Array): void => {
    const written = access.write(piece as Bytes, { at });
    if (written !== piece.length) throw new DOMException('the disk is full', 'QuotaExceededError');
    at += written;
  };
  try {
    await zip.pipeTo(new WritableStream({ write }));
    access.flush();
  } catch (thrown) {
    throw writeFailure(thrown);
  }
}

/** The entries as files of a folder within the chosen one. Files of the same names are replaced. */
export async function writeFolder(
  parent: FileSystemDirectoryHandle,
  folder: string,
  entries: readonly BundleEntry[],
  onWritten: OnWritten,
): Promise<void> {
  try {
    const root = await parent.getDirectoryHandle(folder, { create: true });
    for (const entry of entries) await writeEntry(root, entry, onWritten);
  } catch (thrown) {
    throw writeFailure(thrown);
  }
}

async function writeEntry(root: FileSystemDirectoryHandle, entry: BundleEntry, onWritten: OnWritten): Promise<void> {
  const names = entry.path.split('/');
  let folder = root;
  for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name, { create: true });
  const file = await folder.getFileHandle(names.at(-1) ?? '', { create: true });
  const target = await file.createWritable();
  try {
    for await (const piece of counted(entry, onWritten)) await target.write(piece);
    await target.close();
  } catch (thrown) {
    await target.abort().catch(() => undefined);
    throw thrown;
  }
}

async function* counted(entry: BundleEntry, onWritten: OnWritten): AsyncGenerator<Bytes> {
  for await (const piece of entry.chunks()) {
    yield piece;
    onWritten(piece.length);
  }
}

/** @returns the error as a StudioError: `exportFailed` where the disk or the browser said no */
function writeFailure(thrown: unknown): unknown {
  if (!(thrown instanceof DOMException)) return thrown;
  const reason =
    thrown.name === 'QuotaExceededError' ? 'there is not enough room on the disk' : thrown.message.replace(/\.$/, '');
  return new StudioError('exportFailed', thrown.message, { reason }, { cause: thrown });
}
