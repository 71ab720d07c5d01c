import { describe, expect, it } from 'vitest';
import { nearestRows, principalComponents } from './vocabularyMap.ts';

const noPause = async (): Promise<void> => undefined;

describe('principal components', () => {
  it('of points on a plane are the plane, longest direction first, whatever the axes of the table', async () => {
    // Rows are 3·a along one direction and b along another that is at right angles, in four dimensions.
    const along = [0.5, 0.5, 0.5, 0.5];
    const across = [0.5, -0.5, 0.5, -0.5];
    const places = [
      [-2, 1],
      [-1, -2],
      [0, 2],
      [3, -1],
    ] as const;
    const table = Float32Array.from(places.flatMap(([a, b]) => along.map((x, i) => 3 * a * x + b * (across[i] ?? 0))));
    const { points, shares } = await principalComponents(table, 4, noPause);
    expect(shares[0] + shares[1]).toBeCloseTo(1, 10);
    expect(shares[0]).toBeGreaterThan(0.85);
    const distance = (i: number, j: number): number =>
      Math.hypot(...[0, 1].map((axis) => (points[2 * i + axis] ?? 0) - (points[2 * j + axis] ?? 0)));
    for (const [i, [a, b]] of places.entries()) {
      for (const [j, [c, d]] of places.entries()) expect(distance(i, j)).toBeCloseTo(Math.hypot(3 * (a - c), b - d), 4);
    }
  });

  it('of rows that are all the same are 0, and no row is not a number', async () => {
    const { points, shares } = await principalComponents(new Float32Array(12).fill(0.25), 3, noPause);
    expect([...points]).toEqual(new Array(8).fill(0));
    expect(shares).toEqual([0, 0]);
    expect((await principalComponents(new Float32Array(0), 3, noPause)).points).toHaveLength(0);
  });
});

it('the nearest rows point the same way, however long they are; a row of zeros is near to none', () => {
  const table = Float32Array.of(1, 0, 5, 0.5, 0, 2, 0, 0, -1, 0);
  const found = nearestRows(table, 2, 0, 3, () => true);
  expect(found.map(({ row }) => row)).toEqual([1, 2, 3]);
  expect(found[0]?.cosine).toBeCloseTo(5 / Math.hypot(5, 0.5), 6);
  expect(nearestRows(table, 2, 0, 3, (row) => row === 4).map(({ row }) => row)).toEqual([4]);
});
