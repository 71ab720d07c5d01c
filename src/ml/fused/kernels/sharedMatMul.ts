/**
 * Products in which a workgroup of 16 × 16 threads computes a tile of 64 × 64: it loads slices of both operands into its
 * shared memory, 16 numbers of k deep, and each thread computes 4 × 4 numbers. For graphics cards.
 */
import type { Dispatch } from '../plan.ts';
import { bindingsOf, type MatMul } from './matMul.ts';
import { lines } from './wgsl.ts';

const SIDE = 64;
const DEPTH = 16;
const WORKGROUP_SIZE = 256;
/** One more than a slice's side, so that neighbouring threads write to different memory banks. */
const PITCH = SIDE + 1;

export function sharedMatMul(product: MatMul): Dispatch {
  const { m, n, k, epilogue } = product;
  const across = Math.ceil(n / SIDE);
  return {
    name: product.name,
    bindings: bindingsOf(product),
    threads: across * Math.ceil(m / SIDE) * WORKGROUP_SIZE,
    workgroupSize: WORKGROUP_SIZE,
    declarations: `${epilogue.declarations}
      fn finish(at : i32, column : i32, value : vec4<f32>) { ${epilogue.finish} }
      var<workgroup> sliceA : array<f32, ${DEPTH * PITCH}>;
      var<workgroup> sliceB : array<f32, ${DEPTH * PITCH}>;`,
    body: `
      let firstRow = group / ${across} * ${SIDE};
      let firstColumn = group % ${across} * ${SIDE};
      let down = lane / 16 * 4;
      let right = lane % 16 * 4;
      ${lines(4, (i) => `var sum${i} = vec4<f32>(0.0);`)}
      ${epilogue.finishSums === undefined ? '' : 'var total = vec4<f32>(0.0);'}
      for (var start = 0; start < ${k}; start = start + ${DEPTH}) {
        ${product.form === 'tn' ? loadAcross('sliceA', 'a', m, k, 'firstRow') : loadAlong('sliceA', 'a', m, k, 'firstRow', product.rowsOfA !== undefined)}
        ${product.form === 'nt' ? loadAlong('sliceB', 'b', n, k, 'firstColumn', false) : loadAcross('sliceB', 'b', n, k, 'firstColumn', product.rowsOfB !== undefined)}
        workgroupBarrier();
        for (var depth = 0; depth < ${DEPTH}; depth = depth + 1) {
          let pa = depth * ${PITCH} + down;
          let pb = depth * ${PITCH} + right;
          let va = vec4<f32>(sliceA[pa], sliceA[pa + 1], sliceA[pa + 2], sliceA[pa + 3]);
          let vb = vec4<f32>(sliceB[pb], sliceB[pb + 1], sliceB[pb + 2], sliceB[pb + 3]);
          ${lines(4, (i) => `sum${i} = sum${i} + va.${'xyzw'[i]} * vb;`)}
          ${epilogue.finishSums === undefined ? '' : 'total = total + va;'}
        }
        workgroupBarrier();
      }
      let column = (firstColumn + right) / 4;
      ${lines(4, (i) => `if (firstRow + down + ${i} < ${m} && column < ${n / 4}) { finish((firstRow + down + ${i}) * ${n / 4} + column, column, sum${i}); }`)}
      ${sumsStore(product)}`,
  };
}

/** Loads a slice of an operand that is contiguous in k: each thread four numbers of one row. */
function loadAlong(
  slice: string,
  operand: string,
  rows: number,
  k: number,
  first: string,
  isGathered: boolean,
): string {
  const row = `min(${first} + lane / 4, ${rows - 1})`;
  return `{
    let depth = lane % 4 * 4;
    var v = vec4<f32>(0.0);
    if (start + depth < ${k}) { v = ${operand}[${isGathered ? `rowsOfA[${row}]` : row} * ${k / 4} + (start + depth) / 4]; }
    let at = depth * ${PITCH} + lane / 4;
    ${lines(4, (i) => `${slice}[at + ${i * PITCH}] = v.${'xyzw'[i]};`)}
  }`;
}

/** Loads a slice of an operand that is contiguous in its own side: each thread four numbers of one k. */
function loadAcross(
  slice: string,
  operand: string,
  side: number,
  k: number,
  first: string,
  isGathered = false,
): string {
  return `{
    let depth = lane / 16;
    let offset = lane % 16 * 4;
    var v = vec4<f32>(0.0);
    if (start + depth < ${k} && ${first} + offset < ${side}) {
      let row = ${isGathered ? 'rowsOfB[start + depth]' : 'start + depth'};
      v = ${operand}[row * ${side / 4} + (${first} + offset) / 4];
    }
    let at = depth * ${PITCH} + offset;
    ${lines(4, (i) => `${slice}[at + ${i}] = v.${'xyzw'[i]};`)}
  }`;
}

function sumsStore({ m, epilogue }: MatMul): string {
  if (epilogue.finishSums === undefined) return '';
  return `if (firstColumn + right == 0 && firstRow + down < ${m}) {
    let at = (firstRow + down) / 4;
    let value = total;
    ${epilogue.finishSums}
  }`;
}
