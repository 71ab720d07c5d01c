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
  const from = firstThat(steps, (step) => step >= low);
  // A step may be there twice: the last look while training, and the last look of all.
  const to = firstThat(steps, (step) => step > high);
  return [Math.max(0, from - 1), Math.min(steps.length, to + 1)];
}

/** @param steps ascending */
function firstThat(steps: ArrayLike<number>, isThere: (step: number) => boolean): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isThere(steps[middle] ?? 0)) high = middle;
    else low = middle + 1;
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
  const [first, to] = windowOf(steps, axis.low, axis.high);
  // A logarithmic axis has no step 0.
  const from = axis.log
    ? Math.max(
        first,
        firstThat(steps, (step) => step > 0),
      )
    : first;
  const points = thinnedIndices({ steps, values, from, to, log: axis.log }, most)
    .map((index) => ({ step: steps[index] ?? 0, value: values[index] ?? Number.NaN }))
    .filter(({ value }) => Number.isFinite(value) && (!logY || value > 0));
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
