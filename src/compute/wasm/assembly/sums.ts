/**
 * LayerNorm, sums over rows, and the gradients' global norm. Rows are of `width` numbers, a multiple of four; of those, zeros
 * fill up `entries` of LayerNorm.
 */
import { sum4 } from './math';

/**
 * y = LayerNorm(x). Units: rows. @param moments [rows, 2]: mean and inverse deviation
 * Source: Ba et al. (2016); `torch.nn.LayerNorm`.
 */
export function layerNorm(
  from: i32,
  to: i32,
  entries: i32,
  width: i32,
  x: usize,
  scale: usize,
  shift: usize,
  epsilonBits: i32,
  y: usize,
  moments: usize,
): void {
  const epsilon = reinterpret<f32>(epsilonBits);
  const bytes = (<usize>width) << 2;
  const count = <f32>entries;
  for (let row = from; row < to; row++) {
    const first = <usize>row * bytes;
    let sums = f32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += 16) sums = f32x4.add(sums, v128.load(x + first + c));
    const mean = sum4(sums) / count;
    const means = f32x4.splat(mean);
    let squares = f32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += 16) {
      const d = f32x4.sub(v128.load(x + first + c), means);
      squares = f32x4.add(squares, f32x4.mul(d, d));
    }
    // What fills up is as far from the mean as 0 is.
    const square = sum4(squares) - <f32>(width - entries) * mean * mean;
    const inverse: f32 = 1 / sqrt<f32>(square / count + epsilon);
    const inverses = f32x4.splat(inverse);
    for (let c: usize = 0; c < bytes; c += 16) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + first + c), means), inverses);
      v128.store(y + first + c, f32x4.add(f32x4.mul(normal, v128.load(scale + c)), v128.load(shift + c)));
    }
    store<f32>(moments + ((<usize>row) << 3), mean);
    store<f32>(moments + ((<usize>row) << 3), inverse, 4);
  }
}

/** Gradient of LayerNorm in its input. Units: rows. */
export function layerNormBackward(
  from: i32,
  to: i32,
  entries: i32,
  width: i32,
  x: usize,
  moments: usize,
  scale: usize,
  dy: usize,
  dx: usize,
): void {
  const bytes = (<usize>width) << 2;
  const count = <f32>entries;
  for (let row = from; row < to; row++) {
    const first = <usize>row * bytes;
    const means = v128.load32_splat(moments + ((<usize>row) << 3));
    const inverses = v128.load32_splat(moments + ((<usize>row) << 3), 4);
    let sums = f32x4.splat(0);
    let tilts = f32x4.splat(0);
    for (let c: usize = 0; c < bytes; c += 16) {
      const inner = f32x4.mul(v128.load(dy + first + c), v128.load(scale + c));
      const normal = f32x4.mul(f32x4.sub(v128.load(x + first + c), means), inverses);
      sums = f32x4.add(sums, inner);
      tilts = f32x4.add(tilts, f32x4.mul(inner, normal));
    }
    const average = f32x4.splat(sum4(sums) / count);
    const tilt = f32x4.splat(sum4(tilts) / count);
    for (let c: usize = 0; c < bytes; c += 16) {
      const inner = f32x4.mul(v128.load(dy + first + c), v128.load(scale + c));
      const normal = f32x4.mul(f32x4.sub(v128.load(x + first + c), means), inverses);
      const centred = f32x4.sub(f32x4.sub(inner, average), f32x4.mul(normal, tilt));
      v128.store(dx + first + c, f32x4.mul(centred, inverses));
    }
    for (let c = entries; c < width; c++) store<f32>(dx + first + ((<usize>c) << 2), 0);
  }
}

/** Gradients of LayerNorm's scale and shift: sums over rows. Units: vectors of four columns. */
export function layerNormSums(
  from: i32,
  to: i32,
  rows: i32,
  width: i32,
  x: usize,
  moments: usize,
  dy: usize,
  dScale: usize,
  dShift: usize,
  accumulate: i32,
): void {
  const bytes = (<usize>width) << 2;
  clear(from, to, dScale, accumulate);
  clear(from, to, dShift, accumulate);
  for (let row = 0; row < rows; row++) {
    const first = <usize>row * bytes;
    const means = v128.load32_splat(moments + ((<usize>row) << 3));
    const inverses = v128.load32_splat(moments + ((<usize>row) << 3), 4);
    for (let c = (<usize>from) << 4; c < (<usize>to) << 4; c += 16) {
      const gradient = v128.load(dy + first + c);
      const normal = f32x4.mul(f32x4.sub(v128.load(x + first + c), means), inverses);
      v128.store(dScale + c, f32x4.add(v128.load(dScale + c), f32x4.mul(gradient, normal)));
      v128.store(dShift + c, f32x4.add(v128.load(dShift + c), gradient));
    }
  }
}

/** y[c] = Σ x[row, c] over rows. Units: vectors of four columns. */
export function columnSums(from: i32, to: i32, rows: i32, width: i32, x: usize, y: usize, accumulate: i32): void {
  clear(from, to, y, accumulate);
  for (let row = 0; row < rows; row++) {
    const first = x + ((<usize>row * <usize>width) << 2);
    for (let c = (<usize>from) << 4; c < (<usize>to) << 4; c += 16) {
      v128.store(y + c, f32x4.add(v128.load(y + c), v128.load(first + c)));
    }
  }
}

function clear(from: i32, to: i32, y: usize, accumulate: i32): void {
  if (accumulate === 0) memory.fill(y + ((<usize>from) << 4), 0, (<usize>(to - from)) << 4);
}

/** Numbers whose squares are summed into one part. */
const SQUARES: usize = 4096;

/** parts[i] = Σ x² over the i-th 4096 numbers. Units: parts. @param length numbers in x, a multiple of four */
export function squareBlocks(from: i32, to: i32, length: i32, x: usize, parts: usize): void {
  for (let part = from; part < to; part++) {
    const start = <usize>part * SQUARES;
    const end = min(start + SQUARES, <usize>length);
    let sums = f32x4.splat(0);
    for (let at = start << 2; at < end << 2; at += 16) {
      const v = v128.load(x + at);
      sums = f32x4.add(sums, f32x4.mul(v, v));
    }
    store<f32>(parts + ((<usize>part) << 2), sum4(sums));
  }
}

/**
 * Decides how this step's gradients are scaled, and whether it is made at all: not if the loss or the norm is not finite,
 * nor after any such step. One unit.
 * @param figures [rows, 2]: each row's share of loss and accuracy
 * @param report address of [loss, accuracy, gradient norm]
 * Source: `torch.nn.utils.clip_grad_norm_`, with its 1e-6.
 */
export function stepControl(
  from: i32,
  to: i32,
  rows: i32,
  figures: usize,
  partCount: i32,
  parts: usize,
  clipBits: i32,
  control: usize,
  report: usize,
): void {
  if (from >= to) return;
  let loss: f64 = 0;
  let accuracy: f64 = 0;
  let squares: f64 = 0;
  for (let row = 0; row < rows; row++) {
    loss += load<f32>(figures + ((<usize>row) << 3));
    accuracy += load<f32>(figures + ((<usize>row) << 3), 4);
  }
  for (let part = 0; part < partCount; part++) squares += load<f32>(parts + ((<usize>part) << 2));
  const clip = reinterpret<f32>(clipBits);
  const norm = <f32>sqrt<f64>(squares);
  store<f32>(control, clip > 0 ? min<f32>(1, clip / (norm + <f32>1e-6)) : 1);
  if (!isNumber(<f32>loss) || !isNumber(norm)) store<f32>(control, 0, 4);
  store<f32>(report, <f32>loss);
  store<f32>(report, <f32>accuracy, 4);
  store<f32>(report, norm, 8);
}

/** Neither infinite nor NaN: of those, the difference to themselves is NaN. */
function isNumber(value: f32): bool {
  return value - value === 0;
}
