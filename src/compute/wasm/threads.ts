/** The engine's own thread and its helpers: small workers over the same memory, where the page may share memory. */
import { instantiate, type KernelInstance } from './kernels.ts';
import { CpuMemory, type Part } from './memory.ts';
import { HEADER, HEADER_BYTES, nextGeneration, runShare } from './thread.ts';
import type { ThreadAnswer, ThreadStart } from './threadWorker.ts';

/** More of them hardly help with models of this size. */
const THREADS_MAX = 8;

/** A program in the memory. */
export interface Program {
  readonly records: Part;
  readonly operations: number;
  /** Scratch memory that each thread needs. */
  readonly scratchBytes: number;
}

let helperStarts: Promise<boolean> | null = null;
let sharesMemory = false;

/**
 * Finds out, once, whether a helper gets to share memory: WebKit on Linux says that the page is isolated, and clones no memory.
 * Until then there is one thread.
 */
export async function trySharedMemory(module: WebAssembly.Module): Promise<void> {
  if (!globalThis.crossOriginIsolated) return;
  helperStarts ??= startsHelper(module);
  sharesMemory = await helperStarts;
}

function startsHelper(module: WebAssembly.Module): Promise<boolean> {
  return new Promise((resolve) => {
    const worker = startWorker();
    const end = (starts: boolean): void => {
      worker.terminate();
      resolve(starts);
    };
    worker.onmessage = ({ data }: MessageEvent<ThreadAnswer>) => end(data === 'ready');
    worker.onerror = () => end(false);
    try {
      const { memory } = new CpuMemory(HEADER_BYTES);
      worker.postMessage({ module, memory, thread: 1 } satisfies ThreadStart);
    } catch {
      end(false);
    }
  });
}

function startWorker(): Worker {
  return new Worker(new URL('./threadWorker.ts', import.meta.url), { type: 'module' });
}

/** Why there is one thread where the machine may have more; null: there is another reason, or there are more. */
export function whyAlone(): string | null {
  if (!globalThis.crossOriginIsolated)
    return 'the server sends no cross-origin isolation headers, so only one can be used';
  return sharesMemory ? null : 'this browser can’t share memory between threads, so only one can be used';
}

/** Threads that this device gives: one where memory can't be shared, see {@link trySharedMemory}. */
export function usableThreads(): number {
  if (!sharesMemory) return 1;
  const cores = navigator.hardwareConcurrency;
  // With more than two cores, one is left to the page.
  return Math.min(THREADS_MAX, cores > 2 ? cores - 1 : cores);
}

export class Threads {
  readonly #memory: WebAssembly.Memory;
  readonly #own: KernelInstance;
  readonly #workers: Worker[] = [];
  /** Helpers take part once they, and all before them, have said that they are ready. */
  readonly #ready: boolean[] = [];
  readonly #maySleep = typeof document === 'undefined';

  /** @param count threads in all; those that do not start are done without */
  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, count: number) {
    this.#memory = memory;
    this.#own = instantiate(module, memory);
    for (let thread = 1; thread < count; thread++) {
      const worker = startWorker();
      this.#workers.push(worker);
      worker.onmessage = () => {
        this.#ready[thread - 1] = true;
      };
      worker.onerror = ({ message }) => console.warn(`thread ${thread} of the CPU engine did not start: ${message}`);
      worker.postMessage({ module, memory, thread } satisfies ThreadStart);
    }
  }

  /** Threads that take part in a run now. */
  get count(): number {
    const first = this.#workers.findIndex((_, index) => this.#ready[index] !== true);
    return 1 + (first < 0 ? this.#workers.length : first);
  }

  /**
   * Runs a program to its end.
   * @param scratch memory for all threads
   * @param count threads to take part, {@link count} at most
   * @throws what a kernel stopped with
   */
  run(program: Program, scratch: Part, count: number): void {
    const header = new Int32Array(this.#memory.buffer, 0, 64);
    header[HEADER.program] = program.records.address;
    header[HEADER.operations] = program.operations;
    header[HEADER.threads] = count;
    header[HEADER.scratch] = scratch.address;
    header[HEADER.scratchBytes] = program.scratchBytes;
    header[HEADER.arrivalsBefore] = Atomics.load(header, HEADER.arrivals);
    if (count > 1) {
      Atomics.store(header, HEADER.generation, nextGeneration(Atomics.load(header, HEADER.generation), count));
      Atomics.notify(header, HEADER.generation);
    }
    runShare(this.#own, this.#memory, 0, this.#maySleep);
  }

  /** Ends the helpers. */
  dispose(): void {
    for (const worker of this.#workers.splice(0)) worker.terminate();
  }
}
