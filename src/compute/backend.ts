/** Which device computes, and why. Runs in the worker; the rest of `compute` uses whatever backend is active. */
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plainWasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdWasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedWasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  BACKEND_NAMES,
  type BackendChoice,
  type BackendName,
  type BackendReport,
  type DeviceReport,
  type ExecutionPlan,
  type KernelStyle,
  PLAN_VERSION,
} from '../core/device.ts';
import { StudioError } from '../core/errors.ts';
import { forgetDeviceFailure, noteDeviceFailure } from './deviceFailure.ts';
import { isFused } from './tfjs/kernels/fusion.ts';
import { isBarrierFree, overrideMatMul, setBarrierFree } from './tfjs/kernels/matMul.ts';
import { compiledKernels, compileKernels } from './wasm/kernels.ts';
import { trySharedMemory, usableThreads, whyAlone } from './wasm/threads.ts';
import { chooseStyle, measureStyles } from './webgpu/kernelStyle.ts';

// Before any backend starts.
overrideMatMul();
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
const WASM_PATHS = {
  'tfjs-backend-wasm.wasm': plainWasmUrl,
  'tfjs-backend-wasm-simd.wasm': simdWasmUrl,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedWasmUrl,
};
// By `fetch`: Emscripten would take the address of a file, as Node has it, for something else.
setWasmPaths(WASM_PATHS, true);

/** What was measured on adapters, kept from one visit to the next. */
export interface StyleMemory {
  read(adapter: string): Promise<KernelStyle | null>;
  write(adapter: string, style: KernelStyle): Promise<void>;
}

const FORGETFUL: StyleMemory = { read: async () => null, write: async () => undefined };

/** What could be found out about WebGPU without starting it. */
interface AdapterProbe {
  readonly adapter: GPUAdapter | null;
  readonly kind: 'card' | 'software' | 'none';
  /** Its name; why there is none. */
  readonly words: string;
}

/** Architectures that are a CPU in disguise, whatever their `isFallbackAdapter` says. */
const SOFTWARE_ARCHITECTURE = /swiftshader|llvmpipe|lavapipe|software/i;

/** Limits of the adapter that tfjs's kernels profit from. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxStorageBuffersPerShaderStage',
] as const;

/**
 * Chooses a backend, starts it and makes it the active one. `auto` is WebGPU on any adapter that is not a CPU in disguise,
 * else wasm. Calling it again with the same outcome keeps the device and every tensor on it.
 * @param styles what was measured on adapters before
 * @throws StudioError `backendUnavailable` if a backend was named that can't be had
 */
export async function probeDevice(choice: BackendChoice, styles: StyleMemory = FORGETFUL): Promise<DeviceReport> {
  let probe = await probeAdapter();
  let active = choice !== 'auto' ? choice : probe.kind === 'card' ? 'webgpu' : 'wasm';
  try {
    await activate(active, probe, styles);
  } catch (thrown) {
    if (choice !== 'auto' || active === 'wasm') throw thrown;
    probe = noAdapter(`WebGPU did not start (${StudioError.from(thrown).message}).`);
    active = 'wasm';
    await activate(active, probe, styles);
  }
  const adapter = active === 'webgpu' ? probe.words : active;
  return {
    backends: BACKEND_NAMES.map((name) => reportOf(name, probe)),
    active,
    choice,
    reason: reasonFor(active, choice, probe),
    adapter,
    isFallbackAdapter: active === 'webgpu' && probe.kind === 'software',
    plan: planFor(active, adapter),
  };
}

/** How the active backend computes from now on. */
function planFor(backend: BackendName, adapter: string): ExecutionPlan {
  const kernels = backend === 'wasm' ? compiledKernels() : null;
  return {
    version: PLAN_VERSION,
    backend,
    adapter,
    fused: isFused(),
    kernelStyle: backend === 'webgpu' ? (isBarrierFree() ? 'single' : 'shared') : null,
    kernelVariant: kernels?.variant ?? null,
    threads: kernels === null ? 1 : usableThreads(),
  };
}

/** Bytes that one buffer may have on the active device; infinite where there is no such limit. */
export function bufferLimitBytes(): number {
  if (device === null || tf.getBackend() !== 'webgpu') return Number.POSITIVE_INFINITY;
  return Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
}

/** Versions of the libraries that compute, by name. */
export function libraryVersions(): Readonly<Record<string, string>> {
  return { tfjs: tf.version.tfjs };
}

/** Tensors that exist, and the bytes that they hold on the device. */
export function deviceMemory(): { readonly tensors: number; readonly bytes: number } {
  const memory = tf.memory() as tf.MemoryInfo & { readonly numBytesInGPU?: number };
  return { tensors: memory.numTensors, bytes: memory.numBytesInGPU ?? memory.numBytes };
}

async function probeAdapter(): Promise<AdapterProbe> {
  // Undefined in browsers without WebGPU, and on pages that are not served securely.
  const gpu = navigator.gpu as GPU | undefined;
  if (gpu === undefined) return noAdapter('WebGPU is not available here.');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return noAdapter('WebGPU is available here, but no GPU adapter was found.');
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const isSoftware = isFallbackAdapter || SOFTWARE_ARCHITECTURE.test(`${architecture} ${description}`);
  const name = [vendor, architecture].filter((word) => word !== '').join(' ') || description || 'unnamed adapter';
  return isSoftware
    ? { adapter, kind: 'software', words: `${name} (software)` }
    : { adapter, kind: 'card', words: name };
}

function noAdapter(words: string): AdapterProbe {
  return { adapter: null, kind: 'none', words };
}

const WEBGPU_NOTES = {
  card: ': the GPU, the fastest choice.',
  software: ': slower than WebAssembly, good for checks.',
  none: '',
} as const;

function reportOf(name: BackendName, { kind, words }: AdapterProbe): BackendReport {
  switch (name) {
    case 'webgpu':
      return { name, available: kind !== 'none', note: `${words}${WEBGPU_NOTES[kind]}` };
    case 'wasm':
      return { name, available: true, note: 'The CPU with vector instructions; works everywhere.' };
    case 'webgl':
      return hasFloatWebgl()
        ? { name, available: true, note: 'The GPU through WebGL, an older API; slower than WebGPU.' }
        : { name, available: false, note: 'WebGL 2 with 32-bit floats isn’t available in a worker here.' };
    case 'cpu':
      return { name, available: true, note: 'Plain JavaScript; slow, for comparison only.' };
  }
}

/** With 16-bit textures, as on some phones, small gradients would be lost. */
function hasFloatWebgl(): boolean {
  if (!('OffscreenCanvas' in globalThis)) return false;
  const environment = tf.env();
  return environment.getNumber('WEBGL_VERSION') === 2 && environment.getBool('WEBGL_RENDER_FLOAT32_ENABLED');
}

function reasonFor(active: BackendName, choice: BackendChoice, { kind, words }: AdapterProbe): string {
  if (choice === 'auto') {
    if (kind === 'card') return `WebGPU on ${words}: the fastest device here.`;
    return kind === 'software'
      ? `WebGPU here is only ${words}, so Folio uses WebAssembly on ${processor()}: about three times as fast, but far slower than a GPU.`
      : `${words} So Folio uses WebAssembly on ${processor()}, which is far slower than a GPU.`;
  }
  switch (active) {
    case 'webgpu':
      return kind === 'software'
        ? `You chose WebGPU. Its adapter here is ${words}: expect it to be about three times slower than WebAssembly.`
        : `You chose WebGPU, on ${words}.`;
    case 'wasm':
      return `You chose WebAssembly: ${processor()}, with vector instructions.`;
    case 'webgl':
      return 'You chose WebGL, an older API for the GPU: slower than WebGPU.';
    case 'cpu':
      return 'You chose plain JavaScript: expect it to be about ten times slower than WebAssembly.';
  }
}

/** @example processor() === "2 CPU threads" */
function processor(): string {
  const threads = usableThreads();
  if (threads > 1) return `${threads} CPU threads`;
  const why = whyAlone();
  return `one CPU core${why === null ? '' : ` (${why})`}`;
}

async function activate(name: BackendName, probe: AdapterProbe, styles: StyleMemory): Promise<void> {
  const { available, note } = reportOf(name, probe);
  if (!available) throw unavailable(name, note);
  if (name === 'wasm') await trySharedMemory(await compileKernels());
  if (name === 'webgpu' && probe.adapter !== null) {
    const active = await registerWebgpu(probe.adapter);
    setBarrierFree((await styleFor(active, probe, styles)) === 'single');
  }
  const started = await tf.setBackend(name);
  if (!started) throw unavailable(name, 'It did not start.');
  await tf.ready();
}

let device: GPUDevice | null = null;

/** Puts our own device under tfjs's WebGPU backend, unless it is there already. */
async function registerWebgpu(adapter: GPUAdapter): Promise<GPUDevice> {
  if (device !== null) return device;
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const requested = await adapter.requestDevice({ requiredLimits }).catch((thrown: unknown) => {
    throw unavailable('webgpu', StudioError.from(thrown).message);
  });
  device = requested;
  forgetDeviceFailure();
  requested.addEventListener('uncapturederror', ({ error }) =>
    noteDeviceFailure(error instanceof GPUOutOfMemoryError ? 'memory' : 'other', error.message),
  );
  void requested.lost.then(({ message }) => {
    if (device !== requested) return;
    noteDeviceFailure('lost', message);
    device = null;
  });
  // Small products on the CPU would make a step's bits depend on where its operands happen to be.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(requested, adapter.info), 3);
  return requested;
}

let measured: { readonly device: GPUDevice; readonly style: KernelStyle } | null = null;

/** Measured once for a device, unless it is known from an earlier visit. */
async function styleFor(active: GPUDevice, { kind, words }: AdapterProbe, styles: StyleMemory): Promise<KernelStyle> {
  const known = (await styles.read(words)) ?? (measured?.device === active ? measured.style : null);
  const isSoftware = kind === 'software';
  const style = known ?? chooseStyle(await measureStyles(active, isSoftware), isSoftware);
  if (known === null) await styles.write(words, style);
  measured = { device: active, style };
  return style;
}

function unavailable(backend: BackendName, reason: string): StudioError {
  return new StudioError('backendUnavailable', `${backend}: ${reason}`, { backend, reason });
}
