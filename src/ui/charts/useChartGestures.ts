import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { type Axis, isWhole, panned, placeOn, selected, valueAt, zoomed } from './axis.ts';
import type { Chart } from './chart.ts';
import { nearestStep, stepFurther } from './readings.ts';
import type { ChartView } from './useChartView.ts';

/** A shorter way with the pointer down is a click. */
const CLICK_PIXELS = 5;
/** How much closer one press of a key comes, and one notch of a wheel. */
const KEY_ZOOM = 0.6;
const WHEEL_ZOOM = 1.0015;
const PAN_SHARE = 0.25;

/** Two places of a selection being drawn, 0 to 1. */
export interface Selection {
  readonly from: number;
  readonly to: number;
}

interface Held {
  readonly startPlace: number;
  readonly startX: number;
  /** What was in sight when it began. */
  readonly axis: Axis;
  readonly doing: 'selecting' | 'panning' | 'reading';
}

/**
 * Mouse, wheel, fingers and keys over a plot: point to read, drag to see a stretch larger, the wheel or two fingers to come
 * closer, arrows to read, `+`, `−` and `0` to zoom.
 * @returns a ref and handlers for the element over the plot, and the selection being drawn
 */
export function useChartGestures(chart: Chart, { whole, steps, narrowest, cursor, show, pointAt }: ChartView) {
  const ref = useRef<HTMLDivElement>(null);
  const held = useRef<Held | null>(null);
  const fingers = useRef(new Map<number, number>());
  const [selection, setSelection] = useState<Selection | null>(null);

  const put = (axis: Axis): void => show(isWhole(axis, whole) ? null : axis);
  const placeOf = (clientX: number): number => {
    const box = ref.current?.getBoundingClientRect();
    return box === undefined || box.width === 0 ? 0 : (clientX - box.left) / box.width;
  };
  const readAtPlace = (place: number): void => {
    const step = nearestStep(chart, valueAt(steps, Math.min(1, Math.max(0, place))));
    pointAt(step !== null && step >= steps.low && step <= steps.high ? step : null);
  };

  const wheel = (event: WheelEvent): void => {
    const zoom = event.ctrlKey || event.metaKey || ref.current === document.activeElement;
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!sideways && zoom) {
      event.preventDefault();
      put(zoomed(steps, whole, placeOf(event.clientX), WHEEL_ZOOM ** event.deltaY, narrowest));
    } else if (sideways && !isWhole(steps, whole)) {
      event.preventDefault();
      put(panned(steps, whole, event.deltaX / (ref.current?.clientWidth ?? 1)));
    }
  };
  // React listens to wheels passively, and a passive listener can't keep the page from scrolling.
  useEffect(() => {
    const element = ref.current;
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => element?.removeEventListener('wheel', wheel);
  });

  const pinch = (pointerId: number, clientX: number): void => {
    const before = [...fingers.current.values()];
    fingers.current.set(pointerId, clientX);
    const after = [...fingers.current.values()];
    const apart = ([a = 0, b = 0]: number[]): number => Math.max(12, Math.abs(a - b));
    const middle = ([a = 0, b = 0]: number[]): number => placeOf((a + b) / 2);
    const closer = zoomed(steps, whole, middle(after), apart(before) / apart(after), narrowest);
    put(panned(closer, whole, middle(before) - middle(after)));
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const touch = event.pointerType === 'touch';
    if (touch) fingers.current.set(event.pointerId, event.clientX);
    const moving = event.shiftKey || (touch && !isWhole(steps, whole));
    const doing = moving ? 'panning' : touch ? 'reading' : 'selecting';
    held.current = { startPlace: placeOf(event.clientX), startX: event.clientX, axis: steps, doing };
    if (touch) readAtPlace(placeOf(event.clientX));
  };

  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (fingers.current.size > 1) {
      held.current = null;
      pinch(event.pointerId, event.clientX);
      return;
    }
    const place = placeOf(event.clientX);
    const start = held.current;
    const dragged = start !== null && Math.abs(event.clientX - start.startX) > CLICK_PIXELS;
    if (dragged && start.doing === 'panning') put(panned(start.axis, whole, start.startPlace - place));
    else if (dragged && start.doing === 'selecting') setSelection({ from: start.startPlace, to: place });
    readAtPlace(place);
  };

  const onPointerUp = (event: PointerEvent<HTMLDivElement>): void => {
    fingers.current.delete(event.pointerId);
    const start = held.current;
    held.current = null;
    setSelection(null);
    if (start?.doing !== 'selecting' || Math.abs(event.clientX - start.startX) <= CLICK_PIXELS) return;
    const stretch = selected(start.axis, start.startPlace, placeOf(event.clientX), narrowest);
    if (stretch !== null) show(stretch);
  };

  const onPointerCancel = (event: PointerEvent<HTMLDivElement>): void => {
    fingers.current.delete(event.pointerId);
    held.current = null;
    setSelection(null);
  };

  const onPointerLeave = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.pointerType !== 'touch' && held.current === null) pointAt(null);
  };

  /** Reads another step, and moves what is in sight along where it lies outside. */
  const readStep = (step: number | null): void => {
    if (step === null) return;
    pointAt(step);
    const place = placeOn(steps, Math.max(step, whole.low));
    if (place < 0) put(panned(steps, whole, place - 0.1));
    else if (place > 1) put(panned(steps, whole, place - 0.9));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const from = cursor ?? steps.high;
    const far = event.shiftKey ? 10 : 1;
    const about = cursor === null ? 0.5 : Math.min(1, Math.max(0, placeOn(steps, Math.max(cursor, whole.low))));
    const actions = new Map<string, () => void>([
      ['ArrowLeft', () => readStep(stepFurther(chart, from, cursor === null ? 0 : -far))],
      ['ArrowRight', () => readStep(stepFurther(chart, from, cursor === null ? 0 : far))],
      ['Home', () => readStep(nearestStep(chart, whole.low))],
      ['End', () => readStep(nearestStep(chart, whole.high))],
      ['PageUp', () => put(panned(steps, whole, -PAN_SHARE))],
      ['PageDown', () => put(panned(steps, whole, PAN_SHARE))],
      ['+', () => put(zoomed(steps, whole, about, KEY_ZOOM, narrowest))],
      ['=', () => put(zoomed(steps, whole, about, KEY_ZOOM, narrowest))],
      ['-', () => put(zoomed(steps, whole, about, 1 / KEY_ZOOM, narrowest))],
      ['0', () => show(null)],
      ['Escape', () => (isWhole(steps, whole) ? pointAt(null) : show(null))],
    ]);
    const action = actions.get(event.key);
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  const handlers = {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel,
    onPointerLeave,
    onKeyDown,
    onDoubleClick: () => show(null),
    onBlur: () => pointAt(null),
  };
  return { ref, handlers, selection };
}
