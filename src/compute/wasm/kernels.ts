/** The processor's kernels: compiled once for the page, instantiated once for each thread. */
import relaxedBinary from 'virtual:cpu-kernels/relaxed';
import simdBinary from 'virtual:cpu-kernels/simd';
import type { KernelVariant } from '../../core/device.ts';
import { StudioError } from '../../core/errors.ts';

/** Every kernel, with its arguments in the order of a program's record. See `assembly/` for what each does. */
export const KERNEL_NAMES = [
  'add',
  'adamW',
  'attentionBackward',
  'attentionForward',
  'biasDropoutResidual',
  'biasGelu',
  'biasRows',
  'columnSums',
  'crossEntropy',
  'dropoutRows',
  'embeddingBackward',
  'embeddingForward',
  'gatherRows',
  'gemm',
  'layerNorm',
  'layerNormBackward',
  'layerNormSums',
  'multiply',
  'scatterMaskedRows',
  'squareBlocks',
  'stepControl',
] as const;
export type KernelName = (typeof KERNEL_NAMES)[number];

/** @param from first unit; to: one after the last */
export type Kernel = (from: number, to: number, ...rest: number[]) => void;

/** An instance of the module, for one thread. */
export interface KernelInstance {
  /** In the order of {@link KERNEL_NAMES}. */
  readonly kernels: readonly Kernel[];
  readonly setScratch: (address: number) => void;
}

interface Compiled {
  readonly variant: KernelVariant;
  readonly module: WebAssembly.Module;
}

let compiled: Compiled | null = null;

/**
 * Compiles the kernels for this browser, once.
 * @throws StudioError `backendUnavailable` if it has no WebAssembly with vector instructions
 */
export async function compileKernels(): Promise<WebAssembly.Module> {
  if (compiled !== null) return compiled.module;
  try {
    compiled = await compileVariant(WebAssembly.validate(decode(relaxedBinary)) ? 'relaxed' : 'simd');
    return compiled.module;
  } catch (thrown) {
    const reason = 'This browser does not support WebAssembly SIMD (vector instructions).';
    const details = { backend: 'wasm', reason };
    throw new StudioError('backendUnavailable', StudioError.from(thrown).message, details, { cause: thrown });
  }
}

/** @returns the kernels, or null before {@link compileKernels} */
export function compiledKernels(): Compiled | null {
  return compiled;
}

/** Compiles one variant, whatever the browser prefers. */
export async function compileVariant(variant: KernelVariant): Promise<Compiled> {
  return { variant, module: await WebAssembly.compile(decode(variant === 'relaxed' ? relaxedBinary : simdBinary)) };
}

/** Puts an instance over a memory. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelInstance {
  const imports = { env: { memory, abort: () => fail('a kernel stopped') } };
  const { exports } = new WebAssembly.Instance(module, imports);
  const exported = (name: string): Kernel => {
    const found = exports[name];
    if (typeof found !== 'function') return fail(`no kernel ${name}`);
    return found as Kernel;
  };
  return {
    kernels: KERNEL_NAMES.map(exported),
    setScratch: exported('setScratch') as unknown as (address: number) => void,
  };
}

function fail(message: string): never {
  throw new StudioError('internal', message);
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
