/**
 * Matrix products, made fast on wasm and repeatable on WebGPU by overriding tfjs's own kernels. To be called before a
 * backend starts.
 */
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type WebGPUBackend, webgpu_util } from '@tensorflow/tfjs-backend-webgpu';
import { barrierFreeMatMul } from './barrierFreeMatMul.ts';

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Of fused products only. */
  readonly activation?: string;
}

type MatMulArguments = Parameters<tf.KernelFunc>[0];

/** Splitting the inner dimension, from this size on, adds with atomics in tfjs: not the same bits twice. */
const SPLIT_K_INNER_SIZE = 2000;

/** Overrides the matrix products of the wasm and the WebGPU backend. To be called once. */
export function overrideMatMul(): void {
  for (const name of ['BatchMatMul', '_FusedMatMul']) {
    wrapKernel(
      name,
      'wasm',
      (original) => (args) => transposedFirst(args, name === 'BatchMatMul' ? slicewise(original) : original),
    );
    wrapKernel(name, 'webgpu', (original) => (args) => onWebgpu(args, original));
  }
}

function wrapKernel(kernelName: string, backendName: string, wrap: (original: tf.KernelFunc) => tf.KernelFunc): void {
  const original = tf.getKernel(kernelName, backendName);
  if (original == null) return;
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ ...original, kernelFunc: wrap(original.kernelFunc) });
}

/**
 * tfjs's wasm product leaves its fast path as soon as an operand is to be transposed: transposing it first is ten times as
 * fast.
 */
function transposedFirst(args: MatMulArguments, product: tf.KernelFunc): tf.TensorInfo | tf.TensorInfo[] {
  const { inputs, backend } = args;
  const { transposeA, transposeB } = args.attrs as unknown as MatMulAttributes;
  const wasm = backend as BackendWasm;
  const temporary: tf.TensorInfo[] = [];
  const plain = (x: tf.TensorInfo, transposed: boolean): tf.TensorInfo => {
    if (!transposed) return x;
    const result = transpose(x, backend);
    temporary.push(result);
    return result;
  };
  const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
  const output = product({
    inputs: { ...inputs, a: plain(a, transposeA), b: plain(b, transposeB) },
    backend,
    attrs: { ...args.attrs, transposeA: false, transposeB: false },
  });
  for (const info of temporary) wasm.disposeData(info.dataId);
  return output;
}

/** Swaps the last two axes. */
function transpose(x: tf.TensorInfo, backend: MatMulArguments['backend']): tf.TensorInfo {
  const kernel = tf.getKernel('Transpose', 'wasm');
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : axis === rank - 2 ? rank - 1 : rank - 2));
  return kernel.kernelFunc({ inputs: { x }, backend, attrs: { perm } }) as tf.TensorInfo;
}

/**
 * The fast path is for one matrix only, so a batch of products (attention) is done one by one, on views into the operands'
 * and the result's memory.
 */
function slicewise(original: tf.KernelFunc): tf.KernelFunc {
  return (args) => {
    const { a, b } = args.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
    const batch = tf.util.sizeFromShape(a.shape.slice(0, -2));
    if (batch === 1 || !tf.util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2))) return original(args);
    return productOfSlices(args.backend as BackendWasm, a, b, batch);
  };
}

type WasmProduct = (...parameters: (number | boolean | Uint8Array)[]) => void;
const wasmProducts = new WeakMap<BackendWasm, WasmProduct>();

/** @param a [..., m, k] @param b [..., k, n] @returns [..., m, n] */
function productOfSlices(backend: BackendWasm, a: tf.TensorInfo, b: tf.TensorInfo, batch: number): tf.TensorInfo {
  const [m = 0, k = 0] = a.shape.slice(-2);
  const n = b.shape.at(-1) ?? 0;
  const product = wasmProduct(backend);
  const output = backend.makeOutput([...a.shape.slice(0, -2), m, n], 'float32');
  const shapeA = shapeBytes([1, m, k]);
  const shapeB = shapeBytes([1, k, n]);
  for (let slice = 0; slice < batch; slice++) {
    const viewA = viewOf(backend, a, slice * m * k, m * k);
    const viewB = viewOf(backend, b, slice * k * n, k * n);
    const viewOut = viewOf(backend, output, slice * m * n, m * n);
    product(viewA.id, shapeA, 3, viewB.id, shapeB, 3, false, false, viewOut.id);
    for (const view of [viewA, viewB, viewOut]) view.forget();
  }
  return output;
}

function shapeBytes(shape: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(shape).buffer);
}

/** A tensor over a part of another one's memory, known to the wasm module alone. */
function viewOf(
  backend: BackendWasm,
  info: tf.TensorInfo,
  start: number,
  size: number,
): { readonly id: number; readonly forget: () => void } {
  const offset = backend.getMemoryOffset(info.dataId) + 4 * start;
  const view = backend.makeOutput([size], 'float32', offset);
  const { id } = backend.dataIdMap.get(view.dataId);
  return {
    id,
    forget: () => {
      // Not `disposeData` of the backend, which would free memory that belongs to the other tensor.
      backend.wasm.tfjs.disposeData(id);
      backend.dataIdMap.delete(view.dataId);
    },
  };
}

/** The module's own function, with the signature that tfjs's kernel gives it. */
function wasmProduct(backend: BackendWasm): WasmProduct {
  const known = wasmProducts.get(backend);
  if (known !== undefined) return known;
  const types = ['number', 'array', 'number', 'number', 'array', 'number', 'number', 'number', 'number'];
  const module = backend.wasm as unknown as { cwrap(name: string, result: null, types: string[]): WasmProduct };
  const product = module.cwrap('BatchMatMul', null, types);
  wasmProducts.set(backend, product);
  return product;
}

let barrierFree = false;

/** Says whether WebGPU runs on a software adapter, where barriers are very slow. Part of the execution plan. */
export function setBarrierFree(enabled: boolean): void {
  barrierFree = enabled;
}

/** See {@link setBarrierFree}. */
export function isBarrierFree(): boolean {
  return barrierFree;
}

/** tfjs's own choice of program, except that the inner dimension is never split; on a software adapter our own program. */
function onWebgpu(args: MatMulArguments, original: tf.KernelFunc): tf.TensorInfo | tf.TensorInfo[] {
  const inputs = args.inputs as { a: tf.TensorInfo; b: tf.TensorInfo; bias?: tf.TensorInfo };
  const { transposeA, transposeB, activation } = args.attrs as unknown as MatMulAttributes;
  if (barrierFree && (activation === undefined || activation === 'linear')) {
    const operands = { a: inputs.a, b: inputs.b, bias: inputs.bias ?? null, transposeA, transposeB };
    const product = barrierFreeMatMul(args.backend as WebGPUBackend, operands);
    if (product !== null) return product;
  }
  const inner = inputs.a.shape.at(transposeA ? -2 : -1) ?? 0;
  const { MatMulPackedProgram } = webgpu_util.MatMulProgramType;
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', inner < SPLIT_K_INNER_SIZE ? -1 : MatMulPackedProgram);
  return original(args);
}
