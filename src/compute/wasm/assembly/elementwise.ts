/** Kernels that do every number by itself. Rows are of `width` numbers, a multiple of four. */
import { erf4, exp4, keep4, madd } from './math';

/** x += bias, in place. Units: rows. */
export function biasRows(from: i32, to: i32, width: i32, x: usize, bias: usize): void {
  for (let row = from; row < to; row++) {
    const first = x + ((<usize>row * <usize>width) << 2);
    for (let c: usize = 0; c < (<usize>width) << 2; c += 16) {
      v128.store(first + c, f32x4.add(v128.load(first + c), v128.load(bias + c)));
    }
  }
}

/** y = gelu(x + bias), exact; slope = its derivative there. Units: rows. */
export function biasGelu(from: i32, to: i32, width: i32, x: usize, bias: usize, y: usize, slope: usize): void {
  const half = f32x4.splat(0.5);
  for (let row = from; row < to; row++) {
    const first = (<usize>row * <usize>width) << 2;
    for (let c: usize = 0; c < (<usize>width) << 2; c += 16) {
      const at = first + c;
      const v = f32x4.add(v128.load(x + at), v128.load(bias + c));
      const share = madd(half, erf4(f32x4.mul(v, f32x4.splat(<f32>Math.SQRT1_2))), half);
      v128.store(y + at, f32x4.mul(v, share));
      const density = f32x4.mul(f32x4.splat(0.3989422804014327), exp4(f32x4.mul(f32x4.splat(-0.5), f32x4.mul(v, v))));
      v128.store(slope + at, madd(v, density, share));
    }
  }
}

/** y = residual + dropout(x + bias). Units: rows. @param seed address of the seed */
export function biasDropoutResidual(
  from: i32,
  to: i32,
  width: i32,
  x: usize,
  bias: usize,
  residual: usize,
  y: usize,
  seed: usize,
  threshold: i32,
  scaleBits: i32,
): void {
  const key = load<i32>(seed);
  const scale = f32x4.splat(reinterpret<f32>(scaleBits));
  for (let row = from; row < to; row++) {
    const first = row * width;
    for (let c = 0; c < width; c += 4) {
      const at = (<usize>(first + c)) << 2;
      let v = f32x4.add(v128.load(x + at), v128.load(bias + ((<usize>c) << 2)));
      if (threshold !== 0) v = f32x4.mul(v, keep4(first + c, key, threshold, scale));
      v128.store(y + at, f32x4.add(v128.load(residual + at), v));
    }
  }
}

/** y = dropout(x); y may be x. Units: vectors of four. @param seed address of the seed */
export function dropoutRows(from: i32, to: i32, x: usize, y: usize, seed: usize, threshold: i32, scaleBits: i32): void {
  const key = load<i32>(seed);
  const scale = f32x4.splat(reinterpret<f32>(scaleBits));
  for (let i = from; i < to; i++) {
    const at = (<usize>i) << 4;
    v128.store(y + at, f32x4.mul(v128.load(x + at), keep4(i << 2, key, threshold, scale)));
  }
}

/** y = a · b, number by number. Units: vectors of four. */
export function multiply(from: i32, to: i32, a: usize, b: usize, y: usize): void {
  for (let at = (<usize>from) << 4; at < (<usize>to) << 4; at += 16) {
    v128.store(y + at, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
}

/** y = a + b. Units: vectors of four. */
export function add(from: i32, to: i32, a: usize, b: usize, y: usize): void {
  for (let at = (<usize>from) << 4; at < (<usize>to) << 4; at += 16) {
    v128.store(y + at, f32x4.add(v128.load(a + at), v128.load(b + at)));
  }
}

/**
 * AdamW with decoupled decay, in place. Units: vectors of four.
 * @param decayed numbers before this one are subject to weight decay
 * @param control address of [what gradients are scaled by, 1 if every step so far was finite]
 * @param scalars address of [what decayed parameters keep, learning rate / (1 − β1ᵗ), 1 / √(1 − β2ᵗ), β1, 1 − β1, β2, 1 − β2, ε]
 * Source: Loshchilov and Hutter (2019); `torch.optim.AdamW`.
 */
export function adamW(
  from: i32,
  to: i32,
  decayed: i32,
  parameters: usize,
  gradients: usize,
  firstMoments: usize,
  secondMoments: usize,
  control: usize,
  scalars: usize,
): void {
  if (load<f32>(control, 4) < 0.5) return;
  const clip = v128.load32_splat(control);
  const keep = v128.load32_splat(scalars);
  const stepSize = v128.load32_splat(scalars, 4);
  const secondScale = v128.load32_splat(scalars, 8);
  const beta1 = v128.load32_splat(scalars, 12);
  const rest1 = v128.load32_splat(scalars, 16);
  const beta2 = v128.load32_splat(scalars, 20);
  const rest2 = v128.load32_splat(scalars, 24);
  const epsilon = v128.load32_splat(scalars, 28);
  for (let i = from; i < to; i++) {
    const at = (<usize>i) << 4;
    const gradient = f32x4.mul(v128.load(gradients + at), clip);
    const m = f32x4.add(f32x4.mul(beta1, v128.load(firstMoments + at)), f32x4.mul(rest1, gradient));
    const v = f32x4.add(
      f32x4.mul(beta2, v128.load(secondMoments + at)),
      f32x4.mul(f32x4.mul(rest2, gradient), gradient),
    );
    v128.store(firstMoments + at, m);
    v128.store(secondMoments + at, v);
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), secondScale), epsilon);
    let p = v128.load(parameters + at);
    if (i << 2 < decayed) p = f32x4.mul(p, keep);
    v128.store(parameters + at, f32x4.sub(p, f32x4.div(f32x4.mul(stepSize, m), denominator)));
  }
}
