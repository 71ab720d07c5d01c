import { describe, expect, it } from 'vitest';
import { firstAtLeast, nearestIndex, thinnedIndices } from './thinning.ts';

const thin = (steps: ArrayLike<number>, values: ArrayLike<number>, limit: number, log = false): number[] =>
  thinnedIndices({ steps, values, from: 0, to: steps.length, log }, limit);

const steps = Float64Array.from({ length: 10_000 }, (_, index) => index + 1);

describe('thinnedIndices', () => {
  it('keeps a short series whole', () => {
    expect(thin([0, 1, 2], [5, 5, 5], 3)).toEqual([0, 1, 2]);
  });

  it('keeps to the limit, the order, the ends and a lone spike', () => {
    const values = new Float64Array(steps.length);
    values[7_777] = 50;
    values[2_222] = -50;
    const chosen = thin(steps, values, 500);
    expect(chosen.length).toBeLessThanOrEqual(500);
    expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
    expect(chosen[0]).toBe(0);
    expect(chosen.at(-1)).toBe(9_999);
    expect(chosen).toContain(7_777);
    expect(chosen).toContain(2_222);
  });

  it('spreads points by place on the axis, so that a logarithmic axis has its early steps', () => {
    const values = steps.map((step) => Math.sin(step));
    const early = (indices: number[]) => indices.filter((index) => index < 100).length;
    expect(early(thin(steps, values, 500, true))).toBeGreaterThan(50);
    expect(early(thin(steps, values, 500))).toBeLessThan(10);
  });

  it('survives a series of one place', () => {
    expect(thin(new Float64Array(600), new Float64Array(600), 500)).toEqual([0, 599]);
  });
});

describe('nearestIndex', () => {
  it('finds the nearest of ascending steps', () => {
    expect(nearestIndex([0, 10, 20], 14)).toBe(1);
    expect(nearestIndex([0, 10, 20], 16)).toBe(2);
    expect(nearestIndex([0, 10, 20], -5)).toBe(0);
    expect(nearestIndex([0, 10, 20], 999)).toBe(2);
    expect(nearestIndex([], 1)).toBe(-1);
  });
});

it('firstAtLeast finds the first of equal steps, and the end', () => {
  expect(firstAtLeast([0, 10, 10, 20], 10)).toBe(1);
  expect(firstAtLeast([0, 10, 10, 20], 10.5)).toBe(3);
  expect(firstAtLeast([0, 10], 11)).toBe(2);
  expect(firstAtLeast([], 0)).toBe(0);
});
