/** Kernels in WGSL, run by tfjs's own WebGPU backend: one thread for each number of the output. */
import * as tf from '@tensorflow/tfjs';
import { type WebGPUBackend, type WebGPUProgram, webgpu_util } from '@tensorflow/tfjs-backend-webgpu';

type Attributes = Readonly<Record<string, number>>;

export interface WebgpuKernel {
  readonly name: string;
  /** Inputs in binding order; WGSL reads them as arrays of these names. */
  readonly inputs: readonly string[];
  /** Attributes in the order of their declaration in the uniforms, with their WGSL types. */
  readonly uniforms: Readonly<Record<string, 'f32' | 'u32' | 'i32'>>;
  outputShape(inputs: Readonly<Record<string, tf.TensorInfo>>): readonly number[];
  /** Functions that `body` calls. */
  readonly functions?: string;
  /** WGSL statements that end in `result[index] = …;`, with `index : i32` in scope. No constant that varies may be in it. */
  readonly body: string;
}

const UNIFORM_TYPES = { f32: 'float32', u32: 'uint32', i32: 'int32' } as const;
const WORKGROUP_SIZE = 64;

/** Registers a kernel for the WebGPU backend. The shader is compiled once for each combination of ranks and types. */
export function registerWebgpuKernel(kernel: WebgpuKernel): void {
  tf.registerKernel({
    kernelName: kernel.name,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const infos = inputs as Readonly<Record<string, tf.TensorInfo>>;
      const attributes = (attrs ?? {}) as Attributes;
      const tensors = kernel.inputs.map((name) => requireEntry(infos, name));
      const uniforms = Object.entries(kernel.uniforms).map(([name, type]) => ({
        type: UNIFORM_TYPES[type],
        data: [requireEntry(attributes, name)],
      }));
      const program = createProgram(kernel, [...kernel.outputShape(infos)]);
      return (backend as WebGPUBackend).runWebGPUProgram(program, tensors, 'float32', uniforms);
    },
  });
}

function requireEntry<T>(entries: Readonly<Record<string, T>>, name: string): T {
  const value = entries[name];
  if (value === undefined) throw new RangeError(`kernel input ${name} is missing`);
  return value;
}

function createProgram(kernel: WebgpuKernel, outputShape: number[]): WebGPUProgram {
  const workgroupSize: [number, number, number] = [WORKGROUP_SIZE, 1, 1];
  const dispatchLayout = webgpu_util.flatDispatchLayout(outputShape);
  return {
    variableNames: [...kernel.inputs],
    outputShape,
    shaderKey: kernel.name,
    dispatchLayout,
    dispatch: webgpu_util.computeDispatch(dispatchLayout, outputShape, workgroupSize),
    workgroupSize,
    size: true,
    uniforms: Object.entries(kernel.uniforms)
      .map(([name, type]) => `${name} : ${type},`)
      .join(' '),
    getUserCode: () => `
      ${kernel.functions ?? ''}
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${kernel.body}
        }
      }`,
  };
}
