/** How many threads a browser gives, by what its workers do with memory that is sent to them. */
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** A worker that does this with what it is sent. */
function workerThat(receive: (worker: { onmessage: ((event: { data: string }) => void) | null }) => void) {
  return class {
    onmessage = null;
    onerror = null;
    postMessage(): void {
      receive(this);
    }
    terminate(): void {}
  };
}

const READY = workerThat((worker) => queueMicrotask(() => worker.onmessage?.({ data: 'ready' })));
const REFUSED = workerThat((worker) => queueMicrotask(() => worker.onmessage?.({ data: 'refused' })));
const UNCLONED = workerThat(() => {
  throw new DOMException('The object can not be cloned.', 'DataCloneError');
});

test.each([
  { what: 'shares it', isolated: true, worker: READY, threads: 3, why: null },
  {
    what: 'does not clone it, as WebKit on Linux',
    isolated: true,
    worker: UNCLONED,
    threads: 1,
    why: 'can’t share memory',
  },
  { what: 'can not read it', isolated: true, worker: REFUSED, threads: 1, why: 'can’t share memory' },
  { what: 'is not isolated', isolated: false, worker: READY, threads: 1, why: 'isolation headers' },
])('a browser of four cores that $what has $threads', async ({ isolated, worker, threads, why }) => {
  vi.stubGlobal('crossOriginIsolated', isolated);
  vi.stubGlobal('Worker', worker);
  vi.stubGlobal('navigator', { hardwareConcurrency: 4 });
  const { trySharedMemory, usableThreads, whyAlone } = await import('./threads.ts');
  expect(usableThreads()).toBe(1);
  await trySharedMemory({} as WebAssembly.Module);
  expect(usableThreads()).toBe(threads);
  if (why === null) expect(whyAlone()).toBeNull();
  else expect(whyAlone()).toContain(why);
});
