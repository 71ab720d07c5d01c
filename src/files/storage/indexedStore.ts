/** Files in IndexedDB, where the origin's private file system is missing. A transaction is written whole or not at all. */
import { createStore, del, delMany, get, keys, set } from 'idb-keyval';
import type { FileStore } from './fileStore.ts';
import { isQuotaError, storageFull } from './opfsStore.ts';

/** @returns null where the browser withholds IndexedDB */
export async function openIndexedStore(): Promise<FileStore | null> {
  try {
    const database = createStore('folio-runs', 'files');
    await keys(database);
    return createIndexedStore(database);
  } catch {
    return null;
  }
}

function createIndexedStore(database: ReturnType<typeof createStore>): FileStore {
  const paths = async (): Promise<string[][]> =>
    (await keys(database)).flatMap((key) => (typeof key === 'string' ? [key.split('/')] : []));
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
      try {
        await set(`${run}/${name}`, bytes, database);
      } catch (thrown) {
        throw isQuotaError(thrown) ? storageFull(name, bytes.byteLength, thrown) : thrown;
      }
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
