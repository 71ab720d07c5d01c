/** The memory that all threads compute in: one shared WebAssembly memory, and who owns which part of it. */
import { StudioError } from '../../core/errors.ts';

const PAGE_BYTES = 65_536;
/** 4 GiB: all that an address of 32 bits reaches. Written into the kernels, too (`tools/compileKernels.ts`). */
const MAXIMUM_PAGES = 65_536;
/** Parts start at a multiple of it: a line of the processor's caches, or more. */
export const PART_BYTES = 256;

/** A part of the memory, in bytes. */
export interface Part {
  readonly address: number;
  readonly bytes: number;
}

export class CpuMemory {
  readonly memory: WebAssembly.Memory;
  /** Parts given back, by address. */
  #free: Part[] = [];
  #end: number;

  /** @param reservedBytes at address 0, for whoever made the memory */
  constructor(reservedBytes: number) {
    this.#end = roundUp(reservedBytes);
    this.memory = new WebAssembly.Memory({ initial: 16, maximum: MAXIMUM_PAGES, shared: true });
  }

  /** Bytes taken from the system; they are given back with the memory as a whole. */
  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /**
   * A part filled with zeros.
   * @throws StudioError `modelTooLarge` if the memory can't grow any more
   */
  take(bytes: number): Part {
    const needed = roundUp(bytes);
    const index = this.#free.findIndex((part) => part.bytes >= needed);
    const found = this.#free[index];
    if (found === undefined) return this.#append(needed);
    const rest = { address: found.address + needed, bytes: found.bytes - needed };
    this.#free.splice(index, 1, ...(rest.bytes > 0 ? [rest] : []));
    const part = { address: found.address, bytes: needed };
    this.ints(part).fill(0);
    return part;
  }

  /** Gives a part back. */
  give(part: Part): void {
    const parts = [...this.#free, part].sort((a, b) => a.address - b.address);
    this.#free = [];
    for (const next of parts) {
      const last = this.#free.at(-1);
      if (last !== undefined && last.address + last.bytes === next.address) {
        this.#free[this.#free.length - 1] = { address: last.address, bytes: last.bytes + next.bytes };
      } else {
        this.#free.push(next);
      }
    }
  }

  /** A part as numbers. Not to be kept: the memory may grow. */
  ints({ address, bytes }: Part): Int32Array {
    return new Int32Array(this.memory.buffer, address, bytes / 4);
  }

  /** A part as numbers. Not to be kept: the memory may grow. */
  floats({ address, bytes }: Part): Float32Array {
    return new Float32Array(this.memory.buffer, address, bytes / 4);
  }

  #append(bytes: number): Part {
    const part = { address: this.#end, bytes };
    const missing = Math.ceil((part.address + bytes - this.bytes) / PAGE_BYTES);
    try {
      if (missing > 0) this.memory.grow(missing);
    } catch (thrown) {
      const details = { sizeBytes: part.address + bytes, maximumBytes: MAXIMUM_PAGES * PAGE_BYTES, device: 'wasm' };
      throw new StudioError('modelTooLarge', `no memory for ${bytes} bytes more`, details, { cause: thrown });
    }
    this.#end += bytes;
    return part;
  }
}

function roundUp(bytes: number): number {
  return PART_BYTES * Math.ceil(bytes / PART_BYTES);
}
