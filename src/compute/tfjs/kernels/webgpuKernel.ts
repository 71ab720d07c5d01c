/** Kernels in WGSL, run by tfjs's own WebGPU backend: one thread for each number of the output. */
import * as tf from '@tensorflow/tfjs';
import { type WebGPUBackend, type WebGPUProgram, webgpu_util } from '@tensorflow/tfjs-backend-webgpu';

type Attributes = Readonly<Record<string, number>>;
type Inputs = Readonly<Record<string, tf.TensorInfo>>;

/** One shader: computes one float32 tensor. */
export interface Shader {
  /** Names the compiled shader, so two shaders must not share it. */
  readonly name: string;
  /** Inputs in binding order; WGSL reads them as arrays of these names. */
  readonly inputs: readonly string[];
  /** Attributes in the order of their declaration in the uniforms, with their WGSL types. */
  readonly uniforms: Readonly<Record<string, 'f32' | 'u32' | 'i32'>>;
  outputShape(inputs: Inputs, attributes: Attributes): readonly number[];
  /** Functions that `body` calls. */
  readonly functions?: string;
  /** WGSL statements that end in `result[index] = …;`, with `index : i32` in scope. No constant that varies may be in it. */
  readonly body: string;
}

/** Runs a shader on named inputs. What it gives belongs to the kernel until it is returned or freed. */
export type RunShader = (shader: Shader, inputs: Inputs, attributes?: Attributes) => tf.TensorInfo;

const UNIFORM_TYPES = { f32: 'float32', u32: 'uint32', i32: 'int32' } as const;
const WORKGROUP_SIZE = 64;

/** Registers a kernel that is one shader of the same name. */
export function registerWebgpuKernel(shader: Shader): void {
  registerWebgpuKernels(shader.name, (run, inputs, attributes) => run(shader, inputs, attributes));
}

/**
 * Registers a kernel that runs several shaders.
 * @param compute gives the kernel's outputs; what it ran besides is freed
 */
export function registerWebgpuKernels(
  name: string,
  compute: (run: RunShader, inputs: Inputs, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[],
): void {
  tf.registerKernel({
    kernelName: name,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const webgpu = backend as WebGPUBackend;
      const made: tf.TensorInfo[] = [];
      const run: RunShader = (shader, infos, attributes = {}) => {
        const output = runShader(webgpu, shader, infos, attributes);
        made.push(output);
        return output;
      };
      const outputs = compute(run, inputs as Inputs, (attrs ?? {}) as Attributes);
      const kept = Array.isArray(outputs) ? outputs : [outputs];
      for (const info of made) if (!kept.includes(info)) webgpu.disposeData(info.dataId);
      return outputs;
    },
  });
}

function runShader(backend: WebGPUBackend, shader: Shader, inputs: Inputs, attributes: Attributes): tf.TensorInfo {
  const tensors = shader.inputs.map((name) => requireEntry(inputs, name));
  const uniforms = Object.entries(shader.uniforms).map(([name, type]) => ({
    type: UNIFORM_TYPES[type],
    data: [requireEntry(attributes, name)],
  }));
  const program = createProgram(shader, [...shader.outputShape(inputs, attributes)]);
  return backend.runWebGPUProgram(program, tensors, 'float32', uniforms);
}

function requireEntry<T>(entries: Readonly<Record<string, T>>, name: string): T {
  const value = entries[name];
  if (value === undefined) throw new RangeError(`kernel input ${name} is missing`);
  return value;
}

function createProgram(shader: Shader, outputShape: number[]): WebGPUProgram {
  const workgroupSize: [number, number, number] = [WORKGROUP_SIZE, 1, 1];
  const dispatchLayout = webgpu_util.flatDispatchLayout(outputShape);
  return {
    variableNames: [...shader.inputs],
    outputShape,
    shaderKey: shader.name,
    dispatchLayout,
    dispatch: webgpu_util.computeDispatch(dispatchLayout, outputShape, workgroupSize),
    workgroupSize,
    size: true,
    uniforms: Object.entries(shader.uniforms)
      .map(([name, type]) => `${name} : ${type},`)
      .join(' '),
    getUserCode: () => `
      ${shader.functions ?? ''}
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${shader.body}
        }
      }`,
  };
}
