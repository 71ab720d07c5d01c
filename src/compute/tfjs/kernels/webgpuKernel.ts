/** Kernels in WGSL, run by tfjs's own WebGPU backend: one thread for each number of the output. */
import * as tf from '@tensorflow/tfjs';
import { type WebGPUBackend, webgpu_util } from '@tensorflow/tfjs-backend-webgpu';

/** One shader: computes one float32 tensor. */
export interface Shader {
  /** Names the compiled shader, so two shaders must not share it. */
  readonly name: string;
  /** Inputs in binding order; WGSL reads them as arrays of these names. */
  readonly inputs: readonly string[];
  /** A number that changes from one run to the next, as WGSL declares it, and its type in tfjs. */
  readonly uniform?: { readonly declaration: string; readonly type: 'float32' | 'int32' };
  /** Functions that `body` calls. */
  readonly functions?: string;
  /** WGSL statements that end in `result[index] = …;`, with `index : i32` in scope. No constant that varies may be in it. */
  readonly body: string;
}

/** Runs a shader. What it gives belongs to the kernel until it is returned or freed. @param value of the uniform */
export type RunShader = (
  shader: Shader,
  inputs: readonly (tf.TensorInfo | undefined)[],
  shape: readonly number[],
  value?: number,
) => tf.TensorInfo;

const WORKGROUP_SIZE: [number, number, number] = [64, 1, 1];

/**
 * Registers a kernel that runs one shader or several.
 * @param compute gives the kernel's output; what it ran besides is freed
 */
export function registerWebgpuKernel(
  kernelName: string,
  compute: (run: RunShader, inputs: tf.NamedTensorInfoMap, attributes: Record<string, number>) => tf.TensorInfo,
): void {
  tf.registerKernel({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const webgpu = backend as WebGPUBackend;
      const made: tf.TensorInfo[] = [];
      const run: RunShader = (shader, infos, shape, value) => {
        const output = runShader(webgpu, shader, infos as tf.TensorInfo[], [...shape], value);
        made.push(output);
        return output;
      };
      const output = compute(run, inputs, attrs as Record<string, number>);
      for (const info of made) if (info !== output) webgpu.disposeData(info.dataId);
      return output;
    },
  });
}

function runShader(
  backend: WebGPUBackend,
  { name, inputs, uniform, functions = '', body }: Shader,
  tensors: tf.TensorInfo[],
  outputShape: number[],
  value = 0,
): tf.TensorInfo {
  const dispatchLayout = webgpu_util.flatDispatchLayout(outputShape);
  const program = {
    variableNames: [...inputs],
    outputShape,
    shaderKey: name,
    dispatchLayout,
    dispatch: webgpu_util.computeDispatch(dispatchLayout, outputShape, WORKGROUP_SIZE),
    workgroupSize: WORKGROUP_SIZE,
    size: true,
    uniforms: uniform === undefined ? '' : `${uniform.declaration},`,
    getUserCode: () => `
      ${functions}
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${body}
        }
      }`,
  };
  const uniforms = uniform === undefined ? [] : [{ type: uniform.type, data: [value] }];
  return backend.runWebGPUProgram(program, tensors, 'float32', uniforms);
}
