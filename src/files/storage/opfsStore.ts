/// <reference lib="webworker" />
/** Files in the origin's private file system, by handles that write at once: those exist in workers only. */
import { StudioError } from '../../core/errors.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import { type FileStore, SLICE_BYTES } from './fileStore.ts';

const FOLDER = 'runs';

/** @returns null where the browser has no such file system, or withholds it */
export async function openOpfsStore(): Promise<FileStore | null> {
  try {
    const root = await navigator.storage.getDirectory();
    if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) return null;
    return createOpfsStore(await root.getDirectoryHandle(FOLDER, { create: true }));
  } catch {
    return null;
  }
}

function createOpfsStore(folder: FileSystemDirectoryHandle): FileStore {
  return {
    kind: 'opfs',
    runs: () => namesIn(folder, 'directory'),
    files: async (run) => {
      const files = await orNull(folder.getDirectoryHandle(run));
      return files === null ? [] : namesIn(files, 'file');
    },
    read: async (run, name) => {
      const files = await orNull(folder.getDirectoryHandle(run));
      const handle = files && (await orNull(files.getFileHandle(name)));
      // Another tab may remove a file of an old checkpoint between finding and reading it.
      const bytes = handle && (await orNull(handle.getFile().then((file) => file.arrayBuffer())));
      return bytes && new Uint8Array(bytes);
    },
    write: async (run, name, bytes) => {
      const files = await folder.getDirectoryHandle(run, { create: true });
      try {
        await writeFile(await files.getFileHandle(name, { create: true }), bytes);
      } catch (thrown) {
        await files.removeEntry(name).catch(() => undefined);
        throw isQuotaError(thrown) ? storageFull(name, bytes.byteLength, thrown) : thrown;
      }
    },
    remove: async (run, name) => {
      const files = await orNull(folder.getDirectoryHandle(run));
      if (files) await orNull(files.removeEntry(name));
    },
    removeRun: async (run) => void (await orNull(folder.removeEntry(run, { recursive: true }))),
  };
}

async function namesIn(folder: FileSystemDirectoryHandle, kind: FileSystemHandle['kind']): Promise<string[]> {
  const names: string[] = [];
  for await (const [name, handle] of folder.entries()) if (handle.kind === kind) names.push(name);
  return names;
}

async function writeFile(file: FileSystemFileHandle, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const access = await file.createSyncAccessHandle();
  try {
    access.truncate(0);
    for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      if (access.write(slice, { at }) !== slice.byteLength) throw new DOMException('no room', 'QuotaExceededError');
      await yieldToMessages();
    }
    access.flush();
  } finally {
    access.close();
  }
}

/** What is not there is null; every other refusal is thrown. */
async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return null;
    throw thrown;
  }
}

/** Whether a browser refused to write for want of room. */
export function isQuotaError(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'QuotaExceededError';
}

/** The error of a file that did not fit. */
export function storageFull(name: string, neededBytes: number, cause?: unknown): StudioError {
  return new StudioError('storageFull', `${name}: no room for ${neededBytes} bytes`, { neededBytes }, { cause });
}
