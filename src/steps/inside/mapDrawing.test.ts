import { describe, expect, it } from 'vitest';
import { centredOn, mapShape, nearestPoint, panned, placeLabels, toPixels, wholeView, zoomed } from './mapDrawing.ts';

const SIZE = { width: 400, height: 300 };
const POINTS = Float32Array.of(-2, -1, 2, 1, 0, 0, 0.01, 0);

describe('the map of the vocabulary', () => {
  const whole = wholeView(POINTS, SIZE);

  it('shows every point at first, and up is up', () => {
    for (let index = 0; index < 4; index++) {
      const [x, y] = toPixels(whole, SIZE, POINTS, index);
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(SIZE.width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(SIZE.height);
    }
    expect(toPixels(whole, SIZE, POINTS, 0)[1]).toBeGreaterThan(toPixels(whole, SIZE, POINTS, 1)[1]);
  });

  it('is as high as its points ask for', () => {
    const flat = Float32Array.of(-4, 0, 4, 1);
    const width = 720;
    const size = { width, height: width / mapShape(flat) };
    const [low, high] = [0, 1].map((index) => toPixels(wholeView(flat, size), size, flat, index));
    // A margin on every side, and nothing else.
    expect([low?.[0], high?.[0]]).toEqual([36, width - 36]);
    expect([high?.[1], low?.[1]].map((y) => Math.round(y ?? 0))).toEqual([36, Math.round(size.height - 36)]);
  });

  it('zooms around the pixel under the pointer', () => {
    const [x, y] = toPixels(whole, SIZE, POINTS, 1);
    const near = zoomed(whole, SIZE, whole, 3, x, y);
    const [nearX, nearY] = toPixels(near, SIZE, POINTS, 1);
    expect(nearX).toBeCloseTo(x, 6);
    expect(nearY).toBeCloseTo(y, 6);
    expect(near.scale).toBeCloseTo(3 * whole.scale, 6);
    expect(zoomed(whole, SIZE, whole, 1e-6, x, y).scale).toBeCloseTo(whole.scale / 2, 6);
  });

  it('moves with the hand', () => {
    const [x, y] = toPixels(whole, SIZE, POINTS, 2);
    const [movedX, movedY] = toPixels(panned(whole, 30, -20), SIZE, POINTS, 2);
    expect(movedX).toBeCloseTo(x + 30, 6);
    expect(movedY).toBeCloseTo(y - 20, 6);
    expect(toPixels(centredOn(whole, POINTS, 0), SIZE, POINTS, 0)).toEqual([200, 150]);
  });

  it('finds the point under the pointer, and none where none is near', () => {
    const [x, y] = toPixels(whole, SIZE, POINTS, 1);
    expect(nearestPoint(whole, SIZE, POINTS, [x + 3, y - 3], 12)).toBe(1);
    expect(nearestPoint(whole, SIZE, POINTS, [x + 3, y + 60], 12)).toBeNull();
  });

  it('writes no word over another, and the more wanted first', () => {
    const measure = (): readonly [number, number] => [30, 14];
    expect(placeLabels(whole, SIZE, POINTS, [2, 3, 0, 1], measure).map(({ index }) => index)).toEqual([2, 0, 1]);
    expect(placeLabels(whole, SIZE, POINTS, [3, 2, 0, 1], measure).map(({ index }) => index)).toEqual([3, 0, 1]);
    const near = zoomed(centredOn(whole, POINTS, 2), SIZE, whole, 50, 200, 150);
    expect(placeLabels(near, SIZE, POINTS, [2, 3, 0, 1], measure).map(({ index }) => index)).toEqual([2, 3]);
  });
});
