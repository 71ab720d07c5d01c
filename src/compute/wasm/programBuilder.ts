/** Builds a program: a list of kernels with their arguments, written into the shared memory. */
import { StudioError } from '../../core/errors.ts';
import { KERNEL_NAMES, type KernelName } from './kernels.ts';
import type { CpuMemory, Part } from './memory.ts';
import { FIRST_ARGUMENT, RECORD_LENGTH } from './thread.ts';
import type { Program } from './threads.ts';

interface Operation {
  readonly kernel: KernelName;
  /** What the kernel's `from` and `to` count. */
  readonly units: number;
  /** Units that stay together when a kernel is split over threads. */
  readonly grain: number;
  readonly rest: readonly number[];
}

const bits = new DataView(new ArrayBuffer(4));

/** A float32 as the whole number with the same bits: how kernels are given one. */
export function floatBits(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

export class ProgramBuilder {
  readonly #memory: CpuMemory;
  readonly #operations: Operation[] = [];
  readonly #parts: Part[] = [];

  constructor(memory: CpuMemory) {
    this.#memory = memory;
  }

  /** Memory that belongs to the program. @returns its address */
  buffer(length: number): number {
    const part = this.#memory.take(4 * length);
    this.#parts.push(part);
    return part.address;
  }

  add(kernel: KernelName, units: number, grain: number, ...rest: number[]): void {
    if (rest.length > RECORD_LENGTH - FIRST_ARGUMENT)
      throw new StudioError('internal', `${kernel}: too many arguments`);
    this.#operations.push({ kernel, units, grain, rest });
  }

  /** Writes the program down. @returns it with all its memory */
  finish(scratchBytes: number): BuiltProgram {
    const records = this.#memory.take(4 * RECORD_LENGTH * Math.max(1, this.#operations.length));
    const values = this.#memory.ints(records);
    for (const [index, { kernel, units, grain, rest }] of this.#operations.entries()) {
      values.set([KERNEL_NAMES.indexOf(kernel), units, grain, ...rest], index * RECORD_LENGTH);
    }
    return { records, operations: this.#operations.length, scratchBytes, parts: [...this.#parts, records] };
  }
}

/** A program, and every part of the memory that is to be given back with it. */
export interface BuiltProgram extends Program {
  readonly parts: readonly Part[];
}
