/**
 * Kernels that are loops over typed arrays: on wasm over the module's heap, on cpu over the tensor's array. One pass over
 * memory in place of several ops, and the same source for both.
 */
import * as tf from '@tensorflow/tfjs';
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

type Attributes = Readonly<Record<string, number>>;
type Inputs = Readonly<Record<string, tf.TensorInfo>>;
/** Values of the inputs by name. int32 inputs are Int32Arrays in truth; the loops read both alike. */
type Arrays = Readonly<Record<string, Float32Array>>;

export interface HostKernel {
  readonly name: string;
  /** Shapes of the outputs, all float32. */
  outputs(inputs: Inputs, attributes: Attributes): readonly (readonly number[])[];
  /** Fills the outputs, whose memory is not cleared before. */
  run(outputs: readonly Float32Array[], inputs: Arrays, attributes: Attributes): void;
}

/** Memory of one backend. */
interface HostMemory {
  allocate(shape: number[]): tf.TensorInfo;
  view(info: tf.TensorInfo): Float32Array;
}

/** The part of the cpu backend that a kernel needs; its class is not exported by the umbrella package. */
interface CpuBackend {
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): tf.TensorInfo;
  readonly data: { get(dataId: object): { readonly values: Float32Array } };
}

/** Registers a kernel for the wasm and the cpu backend. */
export function registerHostKernel(kernel: HostKernel): void {
  for (const backendName of ['wasm', 'cpu']) {
    tf.registerKernel({
      kernelName: kernel.name,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        runOnHost(kernel, memoryOf(backend), inputs as Inputs, (attrs ?? {}) as Attributes),
    });
  }
}

function runOnHost(
  kernel: HostKernel,
  memory: HostMemory,
  inputs: Inputs,
  attributes: Attributes,
): tf.TensorInfo | tf.TensorInfo[] {
  // All of it is allocated before any view is taken: an allocation may grow the heap, which detaches every view.
  const infos = kernel.outputs(inputs, attributes).map((shape) => memory.allocate([...shape]));
  const arrays = Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, memory.view(info)]));
  kernel.run(
    infos.map((info) => memory.view(info)),
    arrays,
    attributes,
  );
  const [only] = infos;
  return infos.length === 1 && only !== undefined ? only : infos;
}

function memoryOf(backend: unknown): HostMemory {
  if (backend instanceof BackendWasm) {
    return {
      allocate: (shape) => backend.makeOutput(shape, 'float32'),
      view: (info) => backend.typedArrayFromHeap(info) as Float32Array,
    };
  }
  const cpu = backend as CpuBackend;
  return {
    allocate: (shape) => cpu.makeTensorInfo(shape, 'float32', new Float32Array(tf.util.sizeFromShape(shape))),
    view: (info) => cpu.data.get(info.dataId).values,
  };
}
