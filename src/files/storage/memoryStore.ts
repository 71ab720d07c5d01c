/** Files in memory: where a browser offers no storage, what was saved still outlives a lost device, though not the page. */
import { StudioError } from '../../core/errors.ts';
import type { FileStore } from './fileStore.ts';

/** @param limitBytes how much fits in */
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
