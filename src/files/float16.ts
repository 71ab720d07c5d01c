/** 16-bit floats: to IEEE half precision and back, and from bfloat16. */

const SCRATCH = new DataView(new ArrayBuffer(4));

/** Largest finite half-precision number. */
const LARGEST_HALF = 65504;

/**
 * Bits of a number in half precision, rounded to nearest, ties to even. What is too large becomes the largest half, since a
 * weight that is infinite in the file would make every logit NaN.
 * @example halfBits(1) === 0x3c00; halfBits(-2) === 0xc000
 */
export function halfBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  SCRATCH.setFloat32(0, Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, value)));
  const bits = SCRATCH.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const mantissa = bits & 0x7fffff;
  if (exponent >= 1) return sign | (((exponent << 10) | (mantissa >>> 13)) + roundUp(mantissa, 13));
  // Subnormal in half precision: the leading 1 becomes explicit and moves right.
  const shift = 14 - exponent;
  if (shift > 24) return sign;
  const whole = mantissa | 0x800000;
  return sign | ((whole >>> shift) + roundUp(whole, shift));
}

/** 1 if dropping the lowest bits rounds up: above half, or at half with an odd rest. */
function roundUp(bits: number, dropped: number): number {
  const rest = bits & ((1 << dropped) - 1);
  const half = 1 << (dropped - 1);
  return rest > half || (rest === half && ((bits >>> dropped) & 1) === 1) ? 1 : 0;
}

/**
 * Value of half-precision bits.
 * Source: IEEE 754-2019, section 3.4, binary16.
 */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Numbers as half-precision bits. */
export function toHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, halfBits);
}

/** Half-precision bits as numbers; exact. */
export function fromHalf(bits: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(bits, halfValue);
}

/** bfloat16 bits as numbers: the upper half of a float32; exact. */
export function fromBfloat16(bits: Uint16Array): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
}
