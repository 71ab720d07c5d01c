/**
 * Multi-head self-attention over packed queries, keys and values: softmax(q · kᵀ / √D) · v, forward and backward. A unit is
 * one head of one row of the batch: its matrices of [T, T] and [T, D] stay in the processor's caches.
 * Source: Vaswani et al. (2017), Attention Is All You Need.
 */
import { GEMM_SCRATCH, gemm, NN, NT, scratch, TN } from './gemm';
import { exp1, exp4, keep1, keep4, LOWEST, max4, sum4 } from './math';

/**
 * @param columns T; any number
 * @param headSize D; where zeros fill it up to a multiple of four, with them
 * @param scoreScaleBits 1 / √D
 * @param qkv [N, 3H]
 * @param attended i32 [N]
 * @param probabilities [B, A, T, T], before dropout: for the backward pass
 * @param context [N, H]
 * @param seed address of the dropout's seed
 * @param threshold hashes below it drop their entry; 0 drops nothing
 */
export function attentionForward(
  from: i32,
  to: i32,
  columns: i32,
  heads: i32,
  headSize: i32,
  scoreScaleBits: i32,
  qkv: usize,
  attended: usize,
  probabilities: usize,
  context: usize,
  seed: usize,
  threshold: i32,
  scaleBits: i32,
): void {
  const width = heads * headSize;
  const square = columns * columns;
  const dropped = scratch + GEMM_SCRATCH;
  for (let unit = from; unit < to; unit++) {
    const row = (unit / heads) * columns;
    const query = qkv + ((<usize>(row * 3 * width + (unit % heads) * headSize)) << 2);
    const key = query + ((<usize>width) << 2);
    const value = key + ((<usize>width) << 2);
    const matrix = probabilities + ((<usize>unit * <usize>square) << 2);
    all(NT, columns, columns, headSize, query, 3 * width, key, 3 * width, matrix, columns);
    softmax(matrix, columns, attended + ((<usize>row) << 2), reinterpret<f32>(scoreScaleBits));
    let kept = matrix;
    if (threshold !== 0) {
      kept = dropped;
      dropAll(matrix, dropped, square, unit * square, load<i32>(seed), threshold, reinterpret<f32>(scaleBits));
    }
    const target = context + ((<usize>(row * width + (unit % heads) * headSize)) << 2);
    all(NN, columns, headSize, columns, kept, columns, value, 3 * width, target, width);
  }
}

/** All rows of a product, in the place of what is in C. */
function all(form: i32, m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32): void {
  gemm(0, m, form, n, k, a, lda, b, ldb, c, ldc, 0);
}

/** Rows become softmax(x · scale), masked keys as good as left out. */
function softmax(matrix: usize, columns: i32, attended: usize, scale: f32): void {
  const whole = columns & ~3;
  const scales = f32x4.splat(scale);
  for (let i = 0; i < columns; i++) {
    const first = matrix + ((<usize>(i * columns)) << 2);
    let highest4 = f32x4.splat(LOWEST);
    for (let j = 0; j < whole; j += 4) {
      const at = (<usize>j) << 2;
      const masked = i32x4.eq(v128.load(attended + at), i32x4.splat(0));
      const bias = v128.and(masked, f32x4.splat(LOWEST));
      const score = f32x4.add(f32x4.mul(v128.load(first + at), scales), bias);
      v128.store(first + at, score);
      highest4 = f32x4.max(highest4, score);
    }
    let highest = max4(highest4);
    for (let j = whole; j < columns; j++) {
      const at = (<usize>j) << 2;
      const score = load<f32>(first + at) * scale + (load<i32>(attended + at) === 0 ? LOWEST : 0);
      store<f32>(first + at, score);
      highest = max<f32>(highest, score);
    }
    let sums = f32x4.splat(0);
    for (let j = 0; j < whole; j += 4) {
      const at = first + ((<usize>j) << 2);
      const e = exp4(f32x4.sub(v128.load(at), f32x4.splat(highest)));
      v128.store(at, e);
      sums = f32x4.add(sums, e);
    }
    let sum = sum4(sums);
    for (let j = whole; j < columns; j++) {
      const at = first + ((<usize>j) << 2);
      const e = exp1(load<f32>(at) - highest);
      store<f32>(at, e);
      sum += e;
    }
    const share: f32 = 1 / sum;
    for (let j = 0; j < whole; j += 4) {
      const at = first + ((<usize>j) << 2);
      v128.store(at, f32x4.mul(v128.load(at), f32x4.splat(share)));
    }
    for (let j = whole; j < columns; j++) {
      const at = first + ((<usize>j) << 2);
      store<f32>(at, load<f32>(at) * share);
    }
  }
}

/** y = dropout(x); entry i of x is entry `entry` + i of the tensor. */
function dropAll(x: usize, y: usize, length: i32, entry: i32, seed: i32, threshold: i32, scale: f32): void {
  const whole = length & ~3;
  const scales = f32x4.splat(scale);
  for (let i = 0; i < whole; i += 4) {
    const at = (<usize>i) << 2;
    v128.store(y + at, f32x4.mul(v128.load(x + at), keep4(entry + i, seed, threshold, scales)));
  }
  for (let i = whole; i < length; i++) {
    const at = (<usize>i) << 2;
    store<f32>(y + at, load<f32>(x + at) * keep1(entry + i, seed, threshold, scale));
  }
}

/**
 * Gradients of queries, keys and values. The mean of a row's softmax gradient is Σ dContext · context, whatever dropout
 * dropped. Parameters as in {@link attentionForward}.
 */
export function attentionBackward(
  from: i32,
  to: i32,
  columns: i32,
  heads: i32,
  headSize: i32,
  scoreScaleBits: i32,
  qkv: usize,
  probabilities: usize,
  context: usize,
  dContext: usize,
  dQkv: usize,
  seed: usize,
  threshold: i32,
  scaleBits: i32,
): void {
  const width = heads * headSize;
  const square = columns * columns;
  const dropped = scratch + GEMM_SCRATCH;
  const scores = dropped + ((<usize>square) << 2);
  for (let unit = from; unit < to; unit++) {
    const row = (unit / heads) * columns;
    const part = (unit % heads) * headSize;
    const offset = (<usize>(row * 3 * width + part)) << 2;
    const third = (<usize>width) << 2;
    const place = (<usize>(row * width + part)) << 2;
    const matrix = probabilities + ((<usize>unit * <usize>square) << 2);
    all(NT, columns, columns, headSize, dContext + place, width, qkv + offset + 2 * third, 3 * width, scores, columns);
    let kept = matrix;
    if (threshold !== 0) {
      const scale = reinterpret<f32>(scaleBits);
      kept = dropped;
      dropAll(matrix, dropped, square, unit * square, load<i32>(seed), threshold, scale);
      dropAll(scores, scores, square, unit * square, load<i32>(seed), threshold, scale);
    }
    const dQuery = dQkv + offset;
    all(TN, columns, headSize, columns, kept, columns, dContext + place, width, dQuery + 2 * third, 3 * width);
    softmaxGradient(matrix, scores, columns, context + place, dContext + place, width, headSize, scoreScaleBits);
    all(NN, columns, headSize, columns, scores, columns, qkv + offset + third, 3 * width, dQuery, 3 * width);
    all(TN, columns, headSize, columns, scores, columns, qkv + offset, 3 * width, dQuery + third, 3 * width);
  }
}

/** scores ← probabilities · (scores − row's mean) / √D. */
function softmaxGradient(
  matrix: usize,
  scores: usize,
  columns: i32,
  context: usize,
  dContext: usize,
  width: i32,
  headSize: i32,
  scaleBits: i32,
): void {
  const whole = columns & ~3;
  const scale = reinterpret<f32>(scaleBits);
  for (let i = 0; i < columns; i++) {
    const row = (<usize>(i * width)) << 2;
    let sums = f32x4.splat(0);
    for (let d: usize = 0; d < (<usize>headSize) << 2; d += 16) {
      sums = f32x4.add(sums, f32x4.mul(v128.load(context + row + d), v128.load(dContext + row + d)));
    }
    const mean = sum4(sums);
    const first = (<usize>(i * columns)) << 2;
    for (let j = 0; j < whole; j += 4) {
      const at = first + ((<usize>j) << 2);
      const centred = f32x4.sub(v128.load(scores + at), f32x4.splat(mean));
      v128.store(scores + at, f32x4.mul(f32x4.mul(v128.load(matrix + at), centred), f32x4.splat(scale)));
    }
    for (let j = whole; j < columns; j++) {
      const at = first + ((<usize>j) << 2);
      store<f32>(scores + at, load<f32>(matrix + at) * (load<f32>(scores + at) - mean) * scale);
    }
  }
}
