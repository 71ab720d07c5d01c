/**
 * Matrix products on WebGPU in the place of tfjs's own, where those are slow or not repeatable: on software adapters, where a
 * workgroup's barriers cost more than everything else, each thread computes a tile of 8 × 8 on its own.
 */
import * as tf from '@tensorflow/tfjs';
import { type WebGPUBackend, type WebGPUProgram, webgpu_util } from '@tensorflow/tfjs-backend-webgpu';
import { sumsNn, sumsNt, sumsStart, type Tile } from '../../webgpu/kernels/singleMatMul.ts';
import { lines } from '../../webgpu/kernels/wgsl.ts';

type MatMulArguments = Parameters<tf.KernelFunc>[0];

interface Operands {
  readonly a: tf.TensorInfo; // [..., m, k], or [..., k, m] if transposed
  readonly b: tf.TensorInfo; // [..., k, n], or [..., n, k] if transposed
}

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Splitting the inner dimension, from this size on, adds with atomics in tfjs: not the same bits twice. */
const SPLIT_K_INNER_SIZE = 2000;

/** Overrides the matrix products of the WebGPU backend. To be called once, before it starts. */
export function overrideMatMul(): void {
  const original = tf.getKernel('BatchMatMul', 'webgpu');
  tf.unregisterKernel('BatchMatMul', 'webgpu');
  tf.registerKernel({ ...original, kernelFunc: (args) => product(args, original.kernelFunc) });
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

/** tfjs's own choice of program, except that the inner dimension is never split; on a software adapter ours, where it can. */
function product(args: MatMulArguments, original: tf.KernelFunc): tf.TensorInfo | tf.TensorInfo[] {
  const operands = args.inputs as unknown as Operands;
  const attributes = args.attrs as unknown as MatMulAttributes;
  const own = barrierFree ? barrierFreeProduct(args.backend as WebGPUBackend, operands, attributes) : null;
  if (own !== null) return own;
  const inner = operands.a.shape.at(attributes.transposeA ? -2 : -1) ?? 0;
  const { MatMulPackedProgram } = webgpu_util.MatMulProgramType;
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', inner < SPLIT_K_INNER_SIZE ? -1 : MatMulPackedProgram);
  return original(args);
}

/** @returns null where the operands can't be read four numbers at a time, or in forms that only gradients have */
function barrierFreeProduct(
  backend: WebGPUBackend,
  { a, b }: Operands,
  { transposeA, transposeB }: MatMulAttributes,
): tf.TensorInfo | null {
  const [m = 0, k = 0] = a.shape.slice(-2);
  const n = b.shape.at(transposeB ? -2 : -1) ?? 0;
  const batchShape = a.shape.slice(0, -2);
  const isAligned = k % 4 === 0 && (transposeB || n % 4 === 0);
  if (transposeA || !isAligned) return null;
  if (!tf.util.arraysEqual(batchShape, b.shape.slice(0, -2))) return null;
  const batch = tf.util.sizeFromShape(batchShape);
  const threads = batch * Math.ceil(m / TILE.rows) * Math.ceil(n / TILE.columns);
  const program = createProgram(transposeB, [batch, m, n], threads);
  const uniforms = [m, n, k, threads].map((size) => ({ type: 'int32', data: [size] }));
  // Three axes whatever the operands have, since tfjs compiles a shader anew for each number of axes.
  const flat = (x: tf.TensorInfo): tf.TensorInfo => ({ ...x, shape: [batch, ...x.shape.slice(-2)] });
  return {
    ...backend.runWebGPUProgram(program, [flat(a), flat(b)], 'float32', uniforms),
    shape: [...batchShape, m, n],
  };
}

const TILE: Tile = { rows: 8, columns: 8 };
const WORKGROUP_SIZE = 64;

function createProgram(transposeB: boolean, outputShape: number[], threads: number): WebGPUProgram {
  return {
    variableNames: ['A', 'B'],
    variableComponents: [4, 4],
    outputShape,
    shaderKey: `FolioMatMul_${transposeB}`,
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(threads / WORKGROUP_SIZE), 1, 1],
    workgroupSize: [WORKGROUP_SIZE, 1, 1],
    uniforms: 'm : i32, n : i32, k : i32, threads : i32,',
    getUserCode: () => tileShader(transposeB),
  };
}

/** What lies beyond the last row or column is computed from the last one, and not stored. */
function tileShader(transposeB: boolean): string {
  const { rows, columns } = TILE;
  const reads = { a: 'A', b: 'B', k4: 'k / 4', n4: 'n / 4' };
  const inner = transposeB
    ? `${lines(columns, (j) => `let rowB${j} = startB + min(column + ${j}, n - 1) * k / 4;`)} ${sumsNt(TILE, reads)}`
    : `${lines(columns / 4, (j) => `let column${j} = startB + min(column / 4 + ${j}, n / 4 - 1);`)} ${sumsNn(TILE, reads)}`;
  const store = (i: number, j: number): string => {
    const value = `sum${i}_${Math.floor(j / 4)}.${'xyzw'[j % 4]}`;
    return `if (column + ${j} < n) { result[(batch * m + row + ${i}) * n + column + ${j}] = ${value}; }`;
  };
  return `
    fn main(index : i32) {
      if (index >= uniforms.threads) { return; }
      let m = uniforms.m; let n = uniforms.n; let k = uniforms.k;
      let across = (n + ${columns - 1}) / ${columns};
      let down = (m + ${rows - 1}) / ${rows};
      let batch = index / (across * down);
      let tile = index - batch * across * down;
      let row = (tile / across) * ${rows};
      let column = (tile % across) * ${columns};
      let startA = batch * m * k / 4;
      let startB = batch * n * k / 4;
      ${lines(rows, (i) => `let rowA${i} = startA + min(row + ${i}, m - 1) * k / 4;`)}
      ${sumsStart(TILE)}
      ${inner}
      ${lines(rows, (i) => `if (row + ${i} < m) { ${lines(columns, (j) => store(i, j))} }`)}
    }`;
}
