/** What can be done to a chart's view, whatever asks for it: pointer, wheel, fingers or keys. */
import { type Axis, isWhole, panned, placeOn, valueAt, zoomed } from './axis.ts';
import type { Chart } from './chart.ts';
import { nearestStep, stepFurther } from './readings.ts';
import type { ChartView } from './useChartView.ts';

/** How much closer one press of a key comes. */
const KEY_ZOOM = 0.6;
const PAN_SHARE = 0.25;
/** Readings that an arrow goes by with Shift. */
const FAR = 10;

/** Shows a stretch of the axis, and remembers none where it is the whole. */
export function showAxis({ whole, show }: ChartView, axis: Axis): void {
  show(isWhole(axis, whole) ? null : axis);
}

/** Comes closer about a place, or goes away from it. @param factor below 1: closer */
export function zoomAbout(view: ChartView, place: number, factor: number): void {
  const { steps, whole, narrowest } = view;
  showAxis(view, zoomed(steps, whole, place, factor, narrowest));
}

/** Moves along by a share of what is in sight. */
export function panBy(view: ChartView, share: number): void {
  showAxis(view, panned(view.steps, view.whole, share));
}

/** Reads the step nearest to a place in sight. */
export function readAtPlace(chart: Chart, { steps, pointAt }: ChartView, place: number): void {
  const step = nearestStep(chart, valueAt(steps, Math.min(1, Math.max(0, place))));
  pointAt(step !== null && step >= steps.low && step <= steps.high ? step : null);
}

/** Reads a step, and moves what is in sight along where it lies outside. */
function readStep(view: ChartView, step: number | null): void {
  if (step === null) return;
  const { steps, whole, pointAt } = view;
  pointAt(step);
  const place = placeOn(steps, Math.max(step, whole.low));
  if (place < 0) panBy(view, place - 0.1);
  else if (place > 1) panBy(view, place - 0.9);
}

/**
 * What a key does: arrows read, `+`, `-` and `0` zoom, Page Up and Page Down move along.
 * @returns null where the key is none of the chart's
 */
export function moveOfKey(key: string, far: boolean, chart: Chart, view: ChartView): (() => void) | null {
  const { steps, whole, cursor, show, pointAt } = view;
  // The first arrow reads the last step in sight, the next ones go on from there.
  const by = cursor === null ? 0 : far ? FAR : 1;
  const from = cursor ?? steps.high;
  const about = cursor === null ? 0.5 : Math.min(1, Math.max(0, placeOn(steps, Math.max(cursor, whole.low))));
  const moves = new Map<string, () => void>([
    ['ArrowLeft', () => readStep(view, stepFurther(chart, from, -by))],
    ['ArrowRight', () => readStep(view, stepFurther(chart, from, by))],
    ['Home', () => readStep(view, nearestStep(chart, whole.low))],
    ['End', () => readStep(view, nearestStep(chart, whole.high))],
    ['PageUp', () => panBy(view, -PAN_SHARE)],
    ['PageDown', () => panBy(view, PAN_SHARE)],
    ['+', () => zoomAbout(view, about, KEY_ZOOM)],
    ['=', () => zoomAbout(view, about, KEY_ZOOM)],
    ['-', () => zoomAbout(view, about, 1 / KEY_ZOOM)],
    ['0', () => show(null)],
    ['Escape', () => (isWhole(steps, whole) ? pointAt(null) : show(null))],
  ]);
  return moves.get(key) ?? null;
}
