/**
 * What every thread does with a program: its share of each operation, then a barrier. A program is a list of records in the
 * shared memory, so that threads need no messages; the header at address 0 says which program is to be run.
 */
import { StudioError } from '../../core/errors.ts';
import type { KernelInstance } from './kernels.ts';

/** Numbers in the header, by their places. */
export const HEADER = {
  /** Another one for each run: what threads wait for. See `nextGeneration`. */
  generation: 0,
  /** Times that threads have come to a barrier, over all runs. */
  arrivals: 1,
  /** `arrivals` when this run began. */
  arrivalsBefore: 2,
  program: 3,
  operations: 4,
  /** Threads that take part in this run. */
  threads: 5,
  scratch: 6,
  scratchBytes: 7,
  /** What `arrivals` is at the barrier after an operation in which a kernel stopped; no barrier before and after has the same. */
  failedAt: 8,
} as const;
export const HEADER_BYTES = 256;

/** Numbers in a record: kernel, units, grain, then the kernel's arguments. */
export const RECORD_LENGTH = 16;
export const FIRST_ARGUMENT = 3;

/** Bits of a generation that say how many threads take part; the others count the runs. */
const THREAD_BITS = 4;

/**
 * The generation of the next run. It says in one number that there is a run and who takes part: a thread that wakes late
 * must not take another run's number of threads for its own.
 */
export function nextGeneration(generation: number, threads: number): number {
  return (((generation >> THREAD_BITS) + 1) << THREAD_BITS) | threads;
}

/** Threads that take part in the run of a generation. */
export function threadsOf(generation: number): number {
  return generation & ((1 << THREAD_BITS) - 1);
}

/** Looks at a barrier this often before the thread goes to sleep. */
const SPINS = 4000;

/**
 * Runs this thread's share of the program that the header names.
 * @param thread 0 for the one that started the run
 * @param maySleep false on a page's main thread
 * @throws what a kernel stopped with, here or, as an `internal` error, in another thread
 */
export function runShare(
  { kernels, setScratch }: KernelInstance,
  memory: WebAssembly.Memory,
  thread: number,
  maySleep: boolean,
): void {
  const all = new Int32Array(memory.buffer);
  const header = (place: number): number => all[place] ?? 0;
  const threads = header(HEADER.threads);
  const operations = header(HEADER.operations);
  setScratch(header(HEADER.scratch) + thread * header(HEADER.scratchBytes));
  let record = header(HEADER.program) / 4;
  let target = header(HEADER.arrivalsBefore);
  for (let operation = 0; operation < operations; operation++, record += RECORD_LENGTH) {
    target = (target + threads) | 0;
    let stopped: unknown = null;
    try {
      runOperation(kernels, all, record, thread, threads);
    } catch (thrown) {
      stopped = thrown;
      Atomics.store(all, HEADER.failedAt, target);
    }
    // Whoever stopped comes to the barrier too, or the others would wait for ever.
    passBarrier(all, target, maySleep);
    if (Atomics.load(all, HEADER.failedAt) === target) throw stopped ?? new StudioError('internal', 'a kernel stopped');
  }
}

function runOperation(
  kernels: KernelInstance['kernels'],
  all: Int32Array,
  record: number,
  thread: number,
  threads: number,
): void {
  const [kernel, units, grain] = [kernels[all[record] ?? -1], all[record + 1] ?? 0, all[record + 2] ?? 1];
  const share = grain * Math.ceil(units / (grain * threads));
  const from = Math.min(units, thread * share);
  const to = Math.min(units, from + share);
  if (from >= to) return;
  kernel?.(from, to, ...new Int32Array(all.buffer, 4 * (record + FIRST_ARGUMENT), RECORD_LENGTH - FIRST_ARGUMENT));
}

/** Waits until all threads have come here. */
function passBarrier(all: Int32Array, target: number, maySleep: boolean): void {
  const arrived = (Atomics.add(all, HEADER.arrivals, 1) + 1) | 0;
  if (arrived === target) {
    Atomics.notify(all, HEADER.arrivals);
    return;
  }
  for (let spins = 0; ; spins++) {
    const seen = Atomics.load(all, HEADER.arrivals);
    if (((seen - target) | 0) >= 0) return;
    if (maySleep && spins > SPINS) Atomics.wait(all, HEADER.arrivals, seen);
  }
}
