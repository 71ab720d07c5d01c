import { expect, test } from 'vitest';
import { erf } from './erf.ts';

test('erf agrees with math.erf of Python within 1e-7, and is odd', () => {
  const oracle: readonly (readonly [number, number])[] = [
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.5, 0.9661051464753108],
    [2.5, 0.999593047982555],
    [3.9, 0.9999999652077514],
    [6, 1],
  ];
  for (const [x, y] of oracle) {
    expect(Math.abs(erf(x) - y)).toBeLessThan(1e-7);
    expect(erf(-x)).toBe(-erf(x));
  }
});
