/**
 * The page's workers in Node: a `Worker` as browsers have it, over a thread of Node, and in the thread the names that the page's
 * scripts ask a browser for. So the very files of `dist/` train without a browser. Plain JavaScript, since threads load it
 * without a compiler.
 */
import { openAsBlob, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createDirectoryHandle, estimateStorage, FileHandle } from './webFiles.mjs';

/**
 * @typedef {object} ThreadData
 * @property {string} script address of the page's script
 * @property {string | null} folder where the thread may keep files; null: nowhere
 * @property {boolean} gpu whether WebGPU is to be looked for
 */

/** What {@link onDisk} makes of a path. */
const ON_DISK = 'folio-on-disk';

/**
 * A file or folder for the thread, named and not read: a `Blob` or a folder's handle there.
 *
 * @param {string} path
 * @returns {any}
 */
export function onDisk(path) {
  return { [ON_DISK]: path };
}

/**
 * Puts what {@link onDisk} named in its place.
 *
 * @param {any} value a message, or a part of it
 * @returns {Promise<any>}
 */
async function withDisk(value) {
  if (Array.isArray(value)) return Promise.all(value.map(withDisk));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const path = value[ON_DISK];
  if (typeof path === 'string') return statSync(path).isDirectory() ? createDirectoryHandle(path) : openAsBlob(path);
  const parts = await Promise.all(Object.entries(value).map(async ([name, part]) => [name, await withDisk(part)]));
  return Object.fromEntries(parts);
}

/** Threads of their own share a heap of this size at most, as in browsers. */
const HEAP_MIB = 4096;

/** The part of a browser's `Worker` that Folio uses. */
export class WebWorker {
  /** @type {((event: { data: any }) => void) | null} */
  onmessage = null;
  /** @type {((event: { message: string }) => void) | null} */
  onerror = null;
  /** @type {(() => void) | null} */
  onmessageerror = null;
  /** @type {Worker} */
  #thread;

  /**
   * @param {URL | string} script
   * @param {{ folder?: string | null, gpu?: boolean }} [given] what the thread gets beside the script
   */
  constructor(script, { folder = null, gpu = false } = {}) {
    /** @type {ThreadData} */
    const data = { script: String(script), folder, gpu };
    this.#thread = new Worker(new URL(import.meta.url), {
      workerData: data,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    this.#thread.on('message', (message) => this.onmessage?.({ data: message }));
    this.#thread.on('messageerror', () => this.onmessageerror?.());
    this.#thread.on('error', (error) => this.onerror?.({ message: error.message || String(error) }));
  }

  /**
   * @param {unknown} message
   * @param {{ transfer?: any[] }} [options]
   */
  postMessage(message, { transfer = [] } = {}) {
    this.#thread.postMessage(message, transfer);
  }

  terminate() {
    void this.#thread.terminate();
  }
}

/** One byte of a function whose body is `i8x16.relaxed_swizzle`: what only engines with relaxed vector instructions take. */
const RELAXED = Uint8Array.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0],
  ...[65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
]);

/** Node 20 has the relaxed vector instructions of today's browsers behind a flag: with them, bits are the page's. */
function allowRelaxedSimd() {
  if (!WebAssembly.validate(RELAXED)) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/** @param {string | URL | Request} input @param {RequestInit} [init] */
async function fetchFile(input, init) {
  const address = String(input instanceof Request ? input.url : input);
  if (!address.startsWith('file:')) return fetchWeb(input, init);
  const type = address.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
  return new Response(await readFile(new URL(address)), { headers: { 'Content-Type': type } });
}
const fetchWeb = globalThis.fetch;

/**
 * A channel within the thread, by which the engine lets other messages in. Node's own would not: it hands out a thousand messages
 * of a port, those that come meanwhile too, before it turns to the next port.
 */
class ThreadChannel {
  /** @type {{ onmessage: ((event: { data: unknown }) => void) | null }} */
  port1 = { onmessage: null };
  port2 = {
    /** @param {unknown} data */
    postMessage: (data) => void setImmediate(() => this.port1.onmessage?.({ data })),
  };
}

/** @returns {Promise<object | undefined>} `navigator.gpu` by Dawn, if its package is installed and runs here */
async function findGpu() {
  try {
    // @ts-expect-error: an optional package.
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    return create([]);
  } catch {
    return undefined;
  }
}

/** @param {ThreadData} data */
async function startThread({ script, folder, gpu }) {
  allowRelaxedSimd();
  const port = parentPort;
  if (port === null) return;
  const storage = folder && {
    getDirectory: () => createDirectoryHandle(folder),
    estimate: () => estimateStorage(folder),
  };
  const navigator = {
    hardwareConcurrency: availableParallelism(),
    userAgent: 'Node.js',
    platform: '',
    language: 'en',
    ...(gpu ? { gpu: await findGpu() } : {}),
    ...(storage ? { storage } : {}),
  };
  const names = {
    ...{ self: globalThis, location: new URL(script), crossOriginIsolated: true, navigator, fetch: fetchFile },
    WorkerGlobalScope: class WorkerGlobalScope {},
    FileSystemFileHandle: FileHandle,
    ...{ Worker: WebWorker, MessageChannel: ThreadChannel },
    onmessage: null,
    /** @param {unknown} message @param {{ transfer?: any[] }} [options] */
    postMessage: (message, { transfer = [] } = {}) => port.postMessage(message, transfer),
    // What libraries take for a sign of Node.
    process: undefined,
  };
  for (const [name, value] of Object.entries(names)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  // Standard output is the command's own.
  console.log = console.info = console.error;
  await import(script);
  port.on('message', async (data) => /** @type {any} */ (globalThis).onmessage?.({ data: await withDisk(data) }));
}

if (!isMainThread && workerData !== null && typeof workerData === 'object' && 'script' in workerData) {
  await startThread(workerData);
}
