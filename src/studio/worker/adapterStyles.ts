/** Remembers which style of kernels was measured as the faster one on an adapter, in IndexedDB. */
import { get, set } from 'idb-keyval';
import type { StyleMemory } from '../../compute/backend.ts';
import { KERNEL_STYLES } from '../../core/device.ts';

const key = (adapter: string): string => `kernelStyle:${adapter}`;

/** Storage that a browser withholds (a private window) costs a measurement on each visit, and no more. */
export const adapterStyles: StyleMemory = {
  read: async (adapter) => {
    const stored: unknown = await get(key(adapter)).catch(() => null);
    return KERNEL_STYLES.find((style) => style === stored) ?? null;
  },
  write: (adapter, style) => set(key(adapter), style).catch(() => undefined),
};
