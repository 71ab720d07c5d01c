/** The best place for runs that this browser has. */
import type { FileStore } from './fileStore.ts';
import { openIndexedStore } from './indexedStore.ts';
import { createMemoryStore } from './memoryStore.ts';
import { openOpfsStore } from './opfsStore.ts';

let opened: Promise<FileStore> | null = null;

/** The origin's private file system, else IndexedDB, else memory; opened once. */
export function openStore(): Promise<FileStore> {
  opened ??= (async () => (await openOpfsStore()) ?? (await openIndexedStore()) ?? createMemoryStore())();
  return opened;
}

/** Bytes that may still be written; infinite where the browser does not say. */
export async function freeBytes(): Promise<number> {
  // Undefined on pages that are not served securely.
  const storage = navigator.storage as StorageManager | undefined;
  const { quota, usage } = (await storage?.estimate().catch(() => null)) ?? {};
  return quota === undefined ? Number.POSITIVE_INFINITY : Math.max(0, quota - (usage ?? 0));
}
