import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBfloat16, halfBits, halfValue, toHalf } from './float16.ts';

const EVERY_HALF = Array.from({ length: 0x10000 }, (_, bits) => bits);
const FINITE = EVERY_HALF.filter((bits) => Number.isFinite(halfValue(bits)));

test('every finite half is its own rounding', () => {
  expect(FINITE.length).toBe(63_488);
  for (const bits of FINITE) expect(halfBits(halfValue(bits))).toBe(bits);
});

test.each([
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [0.1, 0x2e66],
  [1e9, 0x7bff],
  [-1e9, 0xfbff],
])('%f is %i, as in NumPy, but for what is too large', (value, bits) => {
  expect(halfBits(value)).toBe(bits);
});

test('any number is rounded to the nearest half', () => {
  const positive = FINITE.filter((bits) => bits < 0x8000).map(halfValue);
  fc.assert(
    fc.property(
      fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-65504), max: Math.fround(65504) }),
      (value) => {
        const rounded = halfValue(halfBits(value));
        const size = Math.abs(value);
        let low = 0;
        let high = positive.length - 1;
        while (high - low > 1) {
          const middle = (low + high) >> 1;
          if ((positive[middle] ?? 0) <= size) low = middle;
          else high = middle;
        }
        const nearest = Math.min(size - (positive[low] ?? 0), Math.abs((positive[high] ?? 0) - size));
        expect(Math.abs(rounded - value)).toBe(nearest);
      },
    ),
  );
});

test('bfloat16 is the upper half of a float32', () => {
  expect([...fromBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x0001, 0x7f80))]).toEqual([
    1,
    -2,
    2 ** -133,
    Number.POSITIVE_INFINITY,
  ]);
  expect([...toHalf(Float32Array.of(1, -2))]).toEqual([0x3c00, 0xc000]);
});
