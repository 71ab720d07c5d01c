/**
 * Matrix products in three forms, C = A · B with C of [m, n]:
 *
 *     nt  A [m, k], B [n, k] read transposed: y = x · weightᵀ
 *     nn  A [m, k], B [k, n]: dx = dy · weight
 *     tn  A [k, m] read transposed, B [k, n]: dWeight = dyᵀ · x
 *
 * Eight columns of B at a time are packed into a panel [k, 8] that stays in the processor's first cache; against it, four
 * rows of A give a tile of C that stays in eight registers. Long sums are cut into blocks of `BLOCK`, added up in C.
 */
import { madd } from './math';

export const NT: i32 = 0;
export const NN: i32 = 1;
export const TN: i32 = 2;

/**
 * Address of memory that belongs to this thread, for what a kernel needs while it runs. Each thread has an instance of the
 * module, so it has a global of its own.
 */
export let scratch: usize = 0;

/** @param address of memory that no other thread uses; see `scratchBytes` in `engine.ts` for how much */
export function setScratch(address: usize): void {
  scratch = address;
}

/** Most of k in one panel: 8 · 4 bytes each, 16 kB. */
const BLOCK: i32 = 512;
/** Bytes of scratch that a product uses: a panel, and a tile for edges. */
export const GEMM_SCRATCH: usize = 32 * 512 + 128;

/**
 * Rows `from` to `to` of C.
 * @param lda numbers from one row of A in memory to the next; likewise `ldb` and `ldc`
 * @param accumulate 1: adds to what is in C
 */
export function gemm(
  from: i32,
  to: i32,
  form: i32,
  n: i32,
  k: i32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  c: usize,
  ldc: i32,
  accumulate: i32,
): void {
  const rowStep: usize = form === TN ? 4 : (<usize>lda) << 2;
  const sumStep: usize = form === TN ? (<usize>lda) << 2 : 4;
  const panel = scratch;
  for (let start = 0; start < k; start += BLOCK) {
    const length = min(BLOCK, k - start);
    const adds = accumulate !== 0 || start > 0;
    const firstA = a + <usize>start * sumStep;
    for (let column = 0; column < n; column += 8) {
      const columns = min(8, n - column);
      if (form === NT) packTransposed(panel, b, ldb, start, length, column, columns);
      else pack(panel, b, ldb, start, length, column, columns);
      multiplyPanel(from, to, length, firstA, rowStep, sumStep, panel, c + ((<usize>column) << 2), ldc, columns, adds);
    }
  }
}

/** Rows of a panel from rows of B, filled up with zeros to eight columns. */
function pack(panel: usize, b: usize, ldb: i32, start: i32, length: i32, column: i32, columns: i32): void {
  let source = b + ((<usize>start * <usize>ldb + <usize>column) << 2);
  const step = (<usize>ldb) << 2;
  const end = panel + ((<usize>length) << 5);
  if (columns === 8) {
    for (let target = panel; target < end; target += 32, source += step) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
    }
    return;
  }
  for (let target = panel; target < end; target += 32, source += step) {
    for (let j = 0; j < 8; j++) {
      store<f32>(target + ((<usize>j) << 2), j < columns ? load<f32>(source + ((<usize>j) << 2)) : 0);
    }
  }
}

/** Rows of a panel from columns of B, whose rows are the panel's columns. */
function packTransposed(panel: usize, b: usize, ldb: i32, start: i32, length: i32, column: i32, columns: i32): void {
  if (columns < 8) memory.fill(panel, 0, (<usize>length) << 5);
  const half = columns & ~3;
  for (let j = 0; j < half; j += 4) packFour(panel + ((<usize>j) << 2), b, ldb, start, length, column + j);
  for (let j = half; j < columns; j++) {
    const source = b + ((<usize>(column + j) * <usize>ldb + <usize>start) << 2);
    for (let i = 0; i < length; i++) {
      store<f32>(panel + ((<usize>i) << 5) + ((<usize>j) << 2), load<f32>(source + ((<usize>i) << 2)));
    }
  }
}

/** Four columns of a panel, by transposed blocks of 4 × 4. */
function packFour(panel: usize, b: usize, ldb: i32, start: i32, length: i32, column: i32): void {
  const step = (<usize>ldb) << 2;
  let s0 = b + ((<usize>column * <usize>ldb + <usize>start) << 2);
  let target = panel;
  let i = 0;
  for (; i + 4 <= length; i += 4, s0 += 16, target += 128) {
    const r0 = v128.load(s0);
    const r1 = v128.load(s0 + step);
    const r2 = v128.load(s0 + 2 * step);
    const r3 = v128.load(s0 + 3 * step);
    const low01 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<i64>(low01, low23, 0, 2));
    v128.store(target, v128.shuffle<i64>(low01, low23, 1, 3), 32);
    v128.store(target, v128.shuffle<i64>(high01, high23, 0, 2), 64);
    v128.store(target, v128.shuffle<i64>(high01, high23, 1, 3), 96);
  }
  for (; i < length; i++, s0 += 4, target += 32) {
    store<f32>(target, load<f32>(s0));
    store<f32>(target, load<f32>(s0 + step), 4);
    store<f32>(target, load<f32>(s0 + 2 * step), 8);
    store<f32>(target, load<f32>(s0 + 3 * step), 12);
  }
}

/** C's columns of one panel. */
function multiplyPanel(
  from: i32,
  to: i32,
  length: i32,
  a: usize,
  rowStep: usize,
  sumStep: usize,
  panel: usize,
  c: usize,
  ldc: i32,
  columns: i32,
  adds: bool,
): void {
  const edge = scratch + ((<usize>BLOCK) << 5);
  let row = from;
  for (; row + 4 <= to; row += 4) {
    const target = c + ((<usize>row * <usize>ldc) << 2);
    const source = a + <usize>row * rowStep;
    if (columns === 8) {
      tile(length, source, rowStep, sumStep, panel, target, (<usize>ldc) << 2, adds);
    } else {
      tile(length, source, rowStep, sumStep, panel, edge, 32, false);
      copyEdge(edge, target, (<usize>ldc) << 2, 4, columns, adds);
    }
  }
  for (; row < to; row++) {
    const target = c + ((<usize>row * <usize>ldc) << 2);
    rowTile(length, a + <usize>row * rowStep, sumStep, panel, edge);
    copyEdge(edge, target, 0, 1, columns, adds);
  }
}

/** Four rows by eight columns. */
function tile(
  length: i32,
  a: usize,
  rowStep: usize,
  sumStep: usize,
  panel: usize,
  c: usize,
  step: usize,
  adds: bool,
): void {
  let a0 = a;
  let a1 = a0 + rowStep;
  let a2 = a1 + rowStep;
  let a3 = a2 + rowStep;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const end = panel + ((<usize>length) << 5);
  for (let p = panel; p < end; p += 32) {
    const b0 = v128.load(p);
    const b1 = v128.load(p, 16);
    let x = v128.load32_splat(a0);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    a0 += sumStep;
    a1 += sumStep;
    a2 += sumStep;
    a3 += sumStep;
  }
  put(c, c00, c01, adds);
  put(c + step, c10, c11, adds);
  put(c + 2 * step, c20, c21, adds);
  put(c + 3 * step, c30, c31, adds);
}

/** One row by eight columns. */
function rowTile(length: i32, a: usize, sumStep: usize, panel: usize, c: usize): void {
  let c0 = f32x4.splat(0);
  let c1 = c0;
  const end = panel + ((<usize>length) << 5);
  let source = a;
  for (let p = panel; p < end; p += 32, source += sumStep) {
    const x = v128.load32_splat(source);
    c0 = madd(x, v128.load(p), c0);
    c1 = madd(x, v128.load(p, 16), c1);
  }
  put(c, c0, c1, false);
}

function put(c: usize, left: v128, right: v128, adds: bool): void {
  if (adds) {
    v128.store(c, f32x4.add(v128.load(c), left));
    v128.store(c, f32x4.add(v128.load(c, 16), right), 16);
  } else {
    v128.store(c, left);
    v128.store(c, right, 16);
  }
}

/** The part of a tile that lies inside C. */
function copyEdge(edge: usize, c: usize, step: usize, rows: i32, columns: i32, adds: bool): void {
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      const target = c + <usize>row * step + ((<usize>j) << 2);
      const value = load<f32>(edge + ((<usize>row) << 5) + ((<usize>j) << 2));
      store<f32>(target, adds ? load<f32>(target) + value : value);
    }
  }
}
