/** What Folio can compute on, as plain data. */

export const BACKEND_NAMES = ['webgpu', 'wasm', 'webgl', 'cpu'] as const;
/** A tfjs backend that Folio trains on. */
export type BackendName = (typeof BACKEND_NAMES)[number];
/** What Folio computes on, by name. */
export const DEVICE_TITLES: Readonly<Record<BackendName, string>> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  webgl: 'WebGL',
  cpu: 'Plain JavaScript',
};

/** A backend and its adapter, where it has one. @example deviceName('wasm', 'wasm') === 'WebAssembly' */
export function deviceName(backend: BackendName, adapter: string): string {
  return adapter === backend ? DEVICE_TITLES[backend] : `${DEVICE_TITLES[backend]}, ${adapter}`;
}

export type BackendChoice = BackendName | 'auto';

export interface BackendReport {
  readonly name: BackendName;
  readonly available: boolean;
  /** Why it can't be had, or what to expect of it; one sentence. */
  readonly note: string;
}

/** How WebGPU kernels share work: each thread on its own (software adapters), or workgroups with shared memory (GPUs). */
export const KERNEL_STYLES = ['single', 'shared'] as const;
export type KernelStyle = (typeof KERNEL_STYLES)[number];

/** How the CPU kernels multiply: `relaxed` multiplies and adds in one rounding, where browser and CPU can. */
export const KERNEL_VARIANTS = ['relaxed', 'simd'] as const;
export type KernelVariant = (typeof KERNEL_VARIANTS)[number];

/** Goes up with every change of the kernels, or of their order, that changes a bit somewhere. */
export const PLAN_VERSION = 2;

/**
 * How a run computes. With the text, the settings and the seed it decides every bit of the weights, so it is stored with the
 * run and never measured anew when the run goes on.
 */
export interface ExecutionPlan {
  /** {@link PLAN_VERSION} of the Folio that trains; 1 where none is stored. */
  readonly version: number;
  readonly backend: BackendName;
  readonly adapter: string;
  /** Whether our own kernels run, or plain tfjs ops. */
  readonly fused: boolean;
  /** null but on WebGPU. */
  readonly kernelStyle: KernelStyle | null;
  /** null but on wasm. */
  readonly kernelVariant: KernelVariant | null;
  /** On the processor; the bits do not depend on it. */
  readonly threads: number;
}

export interface DeviceReport {
  readonly backends: readonly BackendReport[];
  readonly active: BackendName;
  /** Whether the person chose, or Folio did. */
  readonly choice: BackendChoice;
  /** Why `active` was chosen, and what that costs; one or two sentences. */
  readonly reason: string;
  /** The adapter's own words, such as "nvidia ampere" or "google swiftshader (software)"; the backend's name elsewhere. */
  readonly adapter: string;
  readonly isFallbackAdapter: boolean;
  readonly plan: ExecutionPlan;
}
