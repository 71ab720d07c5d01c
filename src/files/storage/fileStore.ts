/// <reference lib="webworker" />
/** Where runs are kept: the origin's private file system, else IndexedDB, else memory. */
import { createStore, del, delMany, get, keys, set } from 'idb-keyval';
import { StudioError } from '../../core/errors.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';

/**
 * Named files in folders, one folder a run. Every file is written once under a name of its own and never
 * changed, so that what is there stays whole whenever the browser dies.
 */
export interface FileStore {
  readonly kind: 'opfs' | 'indexeddb' | 'memory';
  /** Folders that exist. */
  runs(): Promise<string[]>;
  /** Names of the files of a run; none for one that does not exist. */
  files(run: string): Promise<string[]>;
  /** @returns null if there is no such file */
  read(run: string, name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /**
   * Writes a file, in slices between which waiting messages and training steps come in.
   * @throws StudioError `storageFull`, and whatever else the browser says
   */
  write(run: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** A file that is not there is no error. */
  remove(run: string, name: string): Promise<void>;
  removeRun(run: string): Promise<void>;
}

let opened: Promise<FileStore> | null = null;

/** The origin's private file system, else IndexedDB, else memory; opened once. */
export function openStore(): Promise<FileStore> {
  opened ??= (async () => (await openOpfsStore()) ?? (await openIndexedStore()) ?? createMemoryStore())();
  return opened;
}

/** Bytes written between two looks at the messages: a few milliseconds of work. */
const SLICE_BYTES = 4 * 2 ** 20;

const FOLDER = 'runs';

/**
 * Files in the origin's private file system, by handles that write at once: those exist in workers only.
 * @returns null where the browser has no such file system, or withholds it
 */
async function openOpfsStore(): Promise<FileStore | null> {
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
        throw writeError(thrown, name, bytes.byteLength);
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

/** What is thrown for a file that could not be written: `storageFull` where the browser has no room for it. */
function writeError(cause: unknown, name: string, neededBytes: number): unknown {
  if (!(cause instanceof Error && cause.name === 'QuotaExceededError')) return cause;
  return new StudioError('storageFull', `${name}: no room for ${neededBytes} bytes`, { neededBytes }, { cause });
}

/**
 * Files in IndexedDB. A transaction is written whole or not at all.
 * @returns null where the browser withholds it
 */
async function openIndexedStore(): Promise<FileStore | null> {
  try {
    const database = createStore('folio-runs', 'files');
    await keys(database);
    return createIndexedStore(database);
  } catch {
    return null;
  }
}

function createIndexedStore(database: ReturnType<typeof createStore>): FileStore {
  const paths = async (): Promise<string[][]> => (await keys<string>(database)).map((key) => key.split('/'));
  const filesOf = async (run: string): Promise<string[]> =>
    (await paths()).flatMap(([folder, name = '']) => (folder === run ? [name] : []));
  return {
    kind: 'indexeddb',
    runs: async () => [...new Set((await paths()).map(([folder = '']) => folder))],
    files: filesOf,
    read: async (run, name) => {
      const value: unknown = await get(`${run}/${name}`, database);
      return value instanceof Uint8Array ? new Uint8Array(value) : null;
    },
    write: async (run, name, bytes) => {
      await set(`${run}/${name}`, bytes, database).catch((thrown) => {
        throw writeError(thrown, name, bytes.byteLength);
      });
    },
    remove: (run, name) => del(`${run}/${name}`, database),
    removeRun: async (run) => {
      await delMany(
        (await filesOf(run)).map((name) => `${run}/${name}`),
        database,
      );
    },
  };
}

/**
 * Files in memory: where a browser offers no storage, what was saved still outlives a lost device, though not the page.
 * @param limitBytes how much fits in
 */
export function createMemoryStore(limitBytes = Number.POSITIVE_INFINITY): FileStore {
  const folders = new Map<string, Map<string, Uint8Array<ArrayBuffer>>>();
  const usedBytes = (): number =>
    [...folders.values()].flatMap((files) => [...files.values()]).reduce((sum, { byteLength }) => sum + byteLength, 0);
  return {
    kind: 'memory',
    runs: async () => [...folders.keys()],
    files: async (run) => [...(folders.get(run)?.keys() ?? [])],
    read: async (run, name) => folders.get(run)?.get(name)?.slice() ?? null,
    write: async (run, name, bytes) => {
      const freeBytes = limitBytes - usedBytes();
      if (bytes.byteLength > freeBytes) {
        throw new StudioError('storageFull', `${name}: no room`, { neededBytes: bytes.byteLength, freeBytes });
      }
      const files = folders.get(run) ?? new Map();
      folders.set(run, files.set(name, bytes.slice()));
    },
    remove: async (run, name) => void folders.get(run)?.delete(name),
    removeRun: async (run) => void folders.delete(run),
  };
}

/** Bytes that may still be written; infinite where the browser does not say. */
export async function freeBytes(): Promise<number> {
  // Undefined on pages that are not served securely.
  const storage = navigator.storage as StorageManager | undefined;
  const { quota, usage } = (await storage?.estimate().catch(() => null)) ?? {};
  return quota === undefined ? Number.POSITIVE_INFINITY : Math.max(0, quota - (usage ?? 0));
}
