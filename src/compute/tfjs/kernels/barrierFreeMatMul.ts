/**
 * Matrix products for software adapters, where a workgroup's barriers cost more than everything else: each thread computes
 * a tile of 8 × 8 on its own, reading both operands four numbers at a time.
 */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';

export interface MatMulOperands {
  readonly a: tf.TensorInfo; // [..., m, k], or [..., k, m] if transposed
  readonly b: tf.TensorInfo; // [..., k, n], or [..., n, k] if transposed
  readonly bias: tf.TensorInfo | null; // [n]
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Rows of a tile, and vectors of four in its columns. */
const TILE_ROWS = 8;
const TILE_VECTORS = 2;
const TILE_COLUMNS = 4 * TILE_VECTORS;
const WORKGROUP_SIZE = 64;

const ROWS = [...Array(TILE_ROWS).keys()];
const VECTORS = [...Array(TILE_VECTORS).keys()];
const COLUMNS = [...Array(TILE_COLUMNS).keys()];
const LANES = ['x', 'y', 'z', 'w'] as const;

/** @returns the product, or null where the operands can't be read four numbers at a time */
export function barrierFreeMatMul(backend: WebGPUBackend, operands: MatMulOperands): tf.TensorInfo | null {
  const { a, b, bias, transposeA, transposeB } = operands;
  const [outerA, innerA] = lastTwo(a.shape, transposeA);
  const [innerB, outerB] = lastTwo(b.shape, transposeB);
  const batchShape = a.shape.slice(0, -2);
  if (innerA !== innerB || !tf.util.arraysEqual(batchShape, b.shape.slice(0, -2))) return null;
  if (!isAligned(operands, outerA, innerA, outerB)) return null;
  const batch = tf.util.sizeFromShape(batchShape);
  const threads = batch * Math.ceil(outerA / TILE_ROWS) * Math.ceil(outerB / TILE_COLUMNS);
  const program = createProgram({ transposeA, transposeB, hasBias: bias !== null }, [batch, outerA, outerB], threads);
  const uniforms = [outerA, outerB, innerA, threads].map((size) => ({ type: 'int32', data: [size] }));
  // Three axes whatever the operands have, since tfjs compiles a shader anew for each number of axes.
  const inputs = [flatBatch(a), flatBatch(b), ...(bias === null ? [] : [bias])];
  const output = backend.runWebGPUProgram(program, inputs, 'float32', uniforms);
  return { ...output, shape: [...batchShape, outerA, outerB] };
}

function flatBatch(x: tf.TensorInfo): tf.TensorInfo {
  const batch = tf.util.sizeFromShape(x.shape.slice(0, -2));
  return { ...x, shape: [batch, ...x.shape.slice(-2)] };
}

function lastTwo(shape: readonly number[], transposed: boolean): [number, number] {
  const [rows = 0, columns = 0] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

/** Whether the axes that are contiguous in memory, and read as vectors, are multiples of four. */
function isAligned({ transposeA, transposeB }: MatMulOperands, m: number, k: number, n: number): boolean {
  if (transposeA && transposeB) return false;
  return (transposeA ? m : k) % 4 === 0 && (transposeB ? k : n) % 4 === 0;
}

interface Variant {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly hasBias: boolean;
}

function createProgram(variant: Variant, outputShape: number[], threads: number): WebGPUProgram {
  const { transposeA, transposeB, hasBias } = variant;
  return {
    variableNames: hasBias ? ['A', 'B', 'bias'] : ['A', 'B'],
    variableComponents: hasBias ? [4, 4, 1] : [4, 4],
    outputShape,
    shaderKey: `FolioMatMul_${TILE_ROWS}_${TILE_COLUMNS}_${transposeA}_${transposeB}_${hasBias}`,
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(threads / WORKGROUP_SIZE), 1, 1],
    workgroupSize: [WORKGROUP_SIZE, 1, 1],
    uniforms: 'm : i32, n : i32, k : i32, threads : i32,',
    getUserCode: () => tileShader(variant),
  };
}

function tileShader(variant: Variant): string {
  const inner = variant.transposeA ? INNER_TN : variant.transposeB ? INNER_NT : INNER_NN;
  return `
    fn main(index : i32) {
      if (index >= uniforms.threads) { return; }
      let m = uniforms.m; let n = uniforms.n; let k = uniforms.k;
      let across = (n + ${TILE_COLUMNS - 1}) / ${TILE_COLUMNS};
      let down = (m + ${TILE_ROWS - 1}) / ${TILE_ROWS};
      let batch = index / (across * down);
      let tile = index - batch * across * down;
      let row = (tile / across) * ${TILE_ROWS};
      let column = (tile % across) * ${TILE_COLUMNS};
      let startA = batch * m * k / 4;
      let startB = batch * n * k / 4;
      ${ROWS.flatMap((i) => VECTORS.map((j) => `var sum${i}${j} = ${variant.hasBias ? biasVector(j) : 'vec4<f32>(0.0)'};`)).join('\n')}
      ${inner}
      ${ROWS.map((i) => `if (row + ${i} < m) { ${COLUMNS.map((j) => storeLine(i, j)).join(' ')} }`).join('\n')}
    }`;
}

/** Columns beyond the last are computed from the last one, and not stored. */
function biasVector(vector: number): string {
  return `vec4<f32>(${LANES.map((_, lane) => `bias[min(column + ${4 * vector + lane}, n - 1)]`).join(', ')})`;
}

function storeLine(i: number, j: number): string {
  const value = `sum${i}${Math.floor(j / 4)}.${LANES[j % 4]}`;
  return `if (column + ${j} < n) { result[(batch * m + row + ${i}) * n + column + ${j}] = ${value}; }`;
}

/** A is read along k, B along n. */
const INNER_NN = `
  ${ROWS.map((i) => `let rowA${i} = startA + min(row + ${i}, m - 1) * k / 4;`).join('\n')}
  ${VECTORS.map((j) => `let columnB${j} = startB + min(column / 4 + ${j}, n / 4 - 1);`).join('\n')}
  for (var i = 0; i < k / 4; i = i + 1) {
    ${ROWS.map((i) => `let a${i} = A[rowA${i} + i];`).join('\n')}
    ${LANES.map(
      (lane, offset) => `{
        ${VECTORS.map((j) => `let b${j} = B[columnB${j} + (4 * i + ${offset}) * n / 4];`).join('\n')}
        ${ROWS.flatMap((i) => VECTORS.map((j) => `sum${i}${j} = sum${i}${j} + a${i}.${lane} * b${j};`)).join('\n')}
      }`,
    ).join('\n')}
  }`;

/** Both are read along k. */
const INNER_NT = `
  ${ROWS.map((i) => `let rowA${i} = startA + min(row + ${i}, m - 1) * k / 4;`).join('\n')}
  ${COLUMNS.map((j) => `let rowB${j} = startB + min(column + ${j}, n - 1) * k / 4;`).join('\n')}
  for (var i = 0; i < k / 4; i = i + 1) {
    ${COLUMNS.map((j) => `let b${j} = B[rowB${j} + i];`).join('\n')}
    ${ROWS.map(
      (i) => `{
        let a = A[rowA${i} + i];
        ${VECTORS.map(
          (j) =>
            `sum${i}${j} = sum${i}${j} + vec4<f32>(${LANES.map((_, lane) => `dot(a, b${4 * j + lane})`).join(', ')});`,
        ).join('\n')}
      }`,
    ).join('\n')}
  }`;

/** A is read along m, B along n. */
const INNER_TN = `
  ${[...Array(TILE_ROWS / 4).keys()].map((v) => `let columnA${v} = startA + min(row / 4 + ${v}, m / 4 - 1);`).join('\n')}
  ${VECTORS.map((j) => `let columnB${j} = startB + min(column / 4 + ${j}, n / 4 - 1);`).join('\n')}
  for (var i = 0; i < k; i = i + 1) {
    ${[...Array(TILE_ROWS / 4).keys()].map((v) => `let a${v} = A[columnA${v} + i * m / 4];`).join('\n')}
    ${VECTORS.map((j) => `let b${j} = B[columnB${j} + i * n / 4];`).join('\n')}
    ${ROWS.flatMap((i) =>
      VECTORS.map((j) => `sum${i}${j} = sum${i}${j} + a${Math.floor(i / 4)}.${LANES[i % 4]} * b${j};`),
    ).join('\n')}
  }`;
