/** The browser that the tests run in has a real WebGPU adapter, on the page and in a module worker. */
import { expect, test } from 'vitest';

interface AdapterReport {
  readonly architecture: string;
  readonly isFallbackAdapter: boolean;
}

const WORKER_SOURCE = `
  const adapter = await navigator.gpu?.requestAdapter();
  postMessage(adapter && { architecture: adapter.info.architecture, isFallbackAdapter: adapter.info.isFallbackAdapter });
`;

/** Asks for an adapter in a module worker; null if it has none. */
async function adapterInWorker(): Promise<AdapterReport | null> {
  const url = URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = (event: MessageEvent<AdapterReport | null>) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
  } finally {
    worker.terminate();
    URL.revokeObjectURL(url);
  }
}

async function adapterOnPage(): Promise<AdapterReport | null> {
  const adapter = await navigator.gpu.requestAdapter();
  return adapter && { architecture: adapter.info.architecture, isFallbackAdapter: adapter.info.isFallbackAdapter };
}

test('the page has a WebGPU adapter whose device works', async () => {
  const device = await (await navigator.gpu.requestAdapter())?.requestDevice();
  expect(device?.limits.maxComputeInvocationsPerWorkgroup).toBeGreaterThanOrEqual(256);
  device?.destroy();
});

test('a module worker has the same adapter as the page', async () => {
  const inWorker = await adapterInWorker();
  expect(inWorker).not.toBeNull();
  expect(inWorker).toEqual(await adapterOnPage());
});

test('the page is cross-origin isolated, so that wasm threads can be had', () => {
  expect(crossOriginIsolated).toBe(true);
});
