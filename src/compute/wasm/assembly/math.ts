/** Arithmetic on vectors of four float32. */

/** The lowest float32, which transformers adds to the scores of masked keys. */
export const LOWEST: f32 = -3.4028234663852886e38;

/** a · b + c, in one rounding where the module may use relaxed SIMD and the processor has it. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The four numbers' sum. */
export function sum4(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

export function max4(v: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max<f32>(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/**
 * exp(x), within 2 units in the last place; 0 below -87, where float32 has hardly anything left. NaN stays NaN.
 * Source: Cephes, `expf`.
 */
export function exp4(value: v128): v128 {
  const x = f32x4.min(f32x4.max(value, f32x4.splat(-88)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(<f32>Math.LOG2E)));
  let r = madd(n, f32x4.splat(-0.693359375), x);
  r = madd(n, f32x4.splat(2.1219444e-4), r);
  let p = f32x4.splat(1.98756915e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(value, f32x4.splat(-87)));
}

/** exp(x) of one number, with the bits that {@link exp4} gives. */
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/**
 * The error function, within 1e-7: a rational approximation on [-4, 4].
 * Source: Eigen, `generic_fast_erf_float`; `erfWgsl` in `compute/webgpu/kernels/wgsl.ts` is the same.
 */
export function erf4(value: v128): v128 {
  const x = f32x4.min(f32x4.max(value, f32x4.splat(-4)), f32x4.splat(4));
  const s = f32x4.mul(x, x);
  let p = f32x4.splat(-2.72614225801306e-10);
  p = madd(p, s, f32x4.splat(2.77068142495902e-8));
  p = madd(p, s, f32x4.splat(-2.10102402082508e-6));
  p = madd(p, s, f32x4.splat(-5.69250639462346e-5));
  p = madd(p, s, f32x4.splat(-7.34990630326855e-4));
  p = madd(p, s, f32x4.splat(-2.95459980854025e-3));
  p = madd(p, s, f32x4.splat(-1.60960333262415e-2));
  let q = f32x4.splat(-1.45660718464996e-5);
  q = madd(q, s, f32x4.splat(-2.13374055278905e-4));
  q = madd(q, s, f32x4.splat(-1.68282697438203e-3));
  q = madd(q, s, f32x4.splat(-7.37332916720468e-3));
  q = madd(q, s, f32x4.splat(-1.42647390514189e-2));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** Hashes four 32-bit numbers. The same as `hashUint32` in `core/rng.ts`. */
function hash4(value: v128): v128 {
  let h = value;
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x7feb352d));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(<i32>0x846ca68b));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/**
 * What dropout multiplies entries `first` to `first + 3` by: 0 or `scale`. The same choice as `compute/tfjs/composedOps.ts` makes.
 * @param threshold hashes below it drop their entry; 0 drops nothing
 */
export function keep4(first: i32, seed: i32, threshold: i32, scale: v128): v128 {
  const entries = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  const hash = hash4(v128.xor(hash4(entries), i32x4.splat(seed)));
  return v128.and(scale, v128.not(i32x4.lt_u(hash, i32x4.splat(threshold))));
}

/** {@link keep4} of one entry. */
export function keep1(entry: i32, seed: i32, threshold: i32, scale: f32): f32 {
  return f32x4.extract_lane(keep4(entry, seed, threshold, f32x4.splat(scale)), 0);
}

/**
 * Natural logarithm of a positive number, within 2 units in the last place. Not the language's own: that one keeps tables
 * in memory, where these kernels must not have anything.
 * Source: Cephes, `logf`.
 */
export function log1(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  if (bits <= 0 || bits >= 0x7f800000) return x > 0 ? x : <f32>NaN;
  let exponent = <f32>((bits >> 23) - 126);
  let r = reinterpret<f32>((bits & 0x007fffff) | 0x3f000000);
  if (r < <f32>Math.SQRT1_2) {
    exponent -= 1;
    r = r + r;
  }
  r -= 1;
  const z = r * r;
  let p: f32 = 7.0376836292e-2;
  p = p * r - <f32>1.151461031e-1;
  p = p * r + <f32>1.167699874e-1;
  p = p * r - <f32>1.2420140846e-1;
  p = p * r + <f32>1.4249322787e-1;
  p = p * r - <f32>1.6668057665e-1;
  p = p * r + <f32>2.0000714765e-1;
  p = p * r - <f32>2.4999993993e-1;
  p = p * r + <f32>3.3333331174e-1;
  let y = p * r * z + exponent * <f32>-2.1219444e-4;
  y -= <f32>0.5 * z;
  return r + y + exponent * <f32>0.693359375;
}
