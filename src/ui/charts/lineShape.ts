/** A long series as the path of its visible part. */
import { type Axis, placeOn, valueAt } from './axis.ts';
import type { Box } from './chart.ts';
import { thinnedIndices } from './thinning.ts';

/** Places on the page for values. */
export interface Scales {
  readonly x: (step: number) => number;
  readonly y: (value: number) => number;
}

/** The scales of a plot. */
export function scalesOf({ x, y, width, height }: Box, steps: Axis, values: Axis): Scales {
  return {
    x: (step) => x + width * placeOn(steps, step),
    y: (value) => y + height * (1 - placeOn(values, value)),
  };
}

/**
 * The readings within a stretch, and one more on each side, which the line comes from and goes to.
 * @returns first index, and the one after the last
 */
export function windowOf(steps: ArrayLike<number>, low: number, high: number): [number, number] {
  return [Math.max(0, firstAtLeast(steps, low) - 1), Math.min(steps.length, firstAtLeast(steps, high) + 1)];
}

/** @param steps ascending */
function firstAtLeast(steps: ArrayLike<number>, step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Point {
  readonly step: number;
  readonly value: number;
}

/**
 * The points of a series that are drawn: those in sight, thinned so that every extreme stays, cut at the edges of the plot.
 * What an axis can't show (a loss of 0 on a logarithmic one, what is no number) is left out.
 * @param most points that the eye can tell apart
 */
export function drawnPoints(
  steps: ArrayLike<number>,
  values: ArrayLike<number>,
  axis: Axis,
  logY: boolean,
  most: number,
): Point[] {
  const [from, to] = windowOf(steps, axis.low, axis.high);
  const count = to - from;
  const places = new Float64Array(count);
  const inSight = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const step = steps[from + index] ?? 0;
    const value = values[from + index] ?? Number.NaN;
    const possible = (!axis.log || step > 0) && (!logY || value > 0);
    places[index] = axis.log ? Math.log(Math.max(step, 1e-300)) : step;
    inSight[index] = possible ? value : Number.NaN;
  }
  const points = thinnedIndices(places, inSight, most)
    .filter((index) => Number.isFinite(inSight[index]))
    .map((index) => ({ step: steps[from + index] ?? 0, value: inSight[index] ?? 0 }));
  return cutAtEdges(points, axis, logY);
}

/** Points beyond an edge are moved along their line to the edge. */
function cutAtEdges(points: Point[], axis: Axis, logY: boolean): Point[] {
  const cut = (inside: Point | undefined, outside: Point | undefined, edge: number): void => {
    if (inside === undefined || outside === undefined) return;
    const share =
      (placeOn(axis, edge) - placeOn(axis, inside.step)) / (placeOn(axis, outside.step) - placeOn(axis, inside.step));
    const heights: Axis = { low: inside.value, high: outside.value, log: logY };
    const value = inside.value === outside.value ? inside.value : valueAt(heights, share);
    points[points.indexOf(outside)] = { step: edge, value };
  };
  const [first] = points;
  const last = points.at(-1);
  if (first !== undefined && first.step < axis.low) cut(points[1], first, axis.low);
  if (last !== undefined && last.step > axis.high) cut(points.at(-2), last, axis.high);
  return points.filter(({ step }) => step >= axis.low && step <= axis.high);
}

/** SVG's path through points, to a tenth of a pixel. */
export function pathOf(points: readonly Point[], { x, y }: Scales): string {
  return points
    .map(({ step, value }, index) => `${index === 0 ? 'M' : 'L'}${short(x(step))} ${short(y(value))}`)
    .join('');
}

/** @example short(12.3456) // 12.3 */
export function short(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}
