import { type KeyboardEvent, type PointerEvent, type RefObject, useRef, useState } from 'react';
import type { ChartView } from './useChartView.ts';
import { useWheel } from './useWheel.ts';
import { type Axis, isWhole, panned, type Stretch, selected, zoomed } from './zoom.ts';

/** A shorter way with the pointer down is a click. */
const CLICK_PIXELS = 5;
/** Fingers that touch are this far apart at least. */
const NEAREST_FINGERS = 12;
/** How much closer one press of a key comes, and a wheel for each pixel. */
const KEY_ZOOM = 0.6;
const WHEEL_ZOOM = 1.0015;
const PAN_SHARE = 0.25;

interface Held {
  readonly startPlace: number;
  readonly startX: number;
  /** What was in sight when it began. */
  readonly axis: Axis;
  readonly doing: 'selecting' | 'panning' | 'reading';
}

/** Left edge and width of the plot within the element, in pixels. */
interface Plot {
  readonly left: number;
  readonly width: number;
}

/**
 * Zooms and moves along by mouse, wheel, fingers and keys; what reads a step is recharts' own. A drag enlarges a stretch,
 * with Shift it moves along; one finger reads, or moves along where it is zoomed, two come closer.
 * @returns handlers for the element around the chart, and the stretch being selected
 */
export function useChartZoom(frame: RefObject<HTMLElement | null>, plot: Plot, view: ChartView) {
  const held = useRef<Held | null>(null);
  const fingers = useRef(new Map<number, number>());
  const [selection, setSelection] = useState<Stretch | null>(null);
  const { steps, whole, narrowest, show } = view;
  /** Where along the plot a pointer is: 0 at its left end, 1 at its right one. */
  const placeOf = (clientX: number): number => {
    const left = frame.current?.getBoundingClientRect().left ?? 0;
    return Math.min(1, Math.max(0, (clientX - left - plot.left) / plot.width));
  };
  const letGo = (pointerId: number): Held | null => {
    const before = held.current;
    fingers.current.delete(pointerId);
    held.current = null;
    setSelection(null);
    return before;
  };
  useWheel(frame, (event, element) => {
    const focused = element.contains(document.activeElement);
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    // The page's own, else: a wheel that was meant to scroll it would be caught by every chart on the way.
    if (sideways ? isWhole(steps, whole) : !(event.ctrlKey || event.metaKey || focused)) return;
    event.preventDefault();
    if (sideways) show(panned(steps, whole, event.deltaX / plot.width));
    else show(zoomed(steps, whole, placeOf(event.clientX), WHEEL_ZOOM ** event.deltaY, narrowest));
  });
  const zoomBy = (factor: number): void => show(zoomed(steps, whole, 0.5, factor, narrowest));
  const moves = new Map<string, () => void>([
    ['+', () => zoomBy(KEY_ZOOM)],
    ['=', () => zoomBy(KEY_ZOOM)],
    ['-', () => zoomBy(1 / KEY_ZOOM)],
    ['0', () => show(null)],
    ['Escape', () => show(null)],
    ['PageUp', () => show(panned(steps, whole, -PAN_SHARE))],
    ['PageDown', () => show(panned(steps, whole, PAN_SHARE))],
  ]);
  const handlers = {
    onKeyDown: (event: KeyboardEvent): void => {
      const move = moves.get(event.key);
      if (event.ctrlKey || event.metaKey || event.altKey || move === undefined) return;
      event.preventDefault();
      move();
    },
    onDoubleClick: () => show(null),
    onPointerDown: (event: PointerEvent<HTMLElement>): void => {
      if (event.button !== 0) return;
      const touch = event.pointerType === 'touch';
      if (touch) fingers.current.set(event.pointerId, event.clientX);
      const moving = event.shiftKey || (touch && !isWhole(steps, whole));
      const doing = moving ? 'panning' : touch ? 'reading' : 'selecting';
      held.current = { startPlace: placeOf(event.clientX), startX: event.clientX, axis: steps, doing };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>): void => {
      if (fingers.current.size > 1) {
        held.current = null;
        show(pinched(view, fingers.current, event, placeOf));
        return;
      }
      const start = held.current;
      if (start === null || Math.abs(event.clientX - start.startX) <= CLICK_PIXELS) return;
      // Not before it is a drag: a captured pointer's moves no longer reach the chart, which reads the step under it.
      event.currentTarget.setPointerCapture(event.pointerId);
      const place = placeOf(event.clientX);
      if (start.doing === 'panning') show(panned(start.axis, whole, start.startPlace - place));
      else if (start.doing === 'selecting') setSelection(selected(start.axis, start.startPlace, place, 0));
    },
    onPointerUp: (event: PointerEvent<HTMLElement>): void => {
      const start = letGo(event.pointerId);
      if (start?.doing !== 'selecting' || Math.abs(event.clientX - start.startX) <= CLICK_PIXELS) return;
      const stretch = selected(start.axis, start.startPlace, placeOf(event.clientX), narrowest);
      if (stretch !== null) show(stretch);
    },
    onPointerCancel: (event: PointerEvent<HTMLElement>): void => void letGo(event.pointerId),
  };
  return { handlers, selection };
}

/** Two fingers: as much closer as they move apart, and along with their middle. */
function pinched(
  { steps, whole, narrowest }: ChartView,
  fingers: Map<number, number>,
  { pointerId, clientX }: PointerEvent<HTMLElement>,
  placeOf: (clientX: number) => number,
): Axis {
  const apart = ([a = 0, b = 0]: number[]): number => Math.max(NEAREST_FINGERS, Math.abs(a - b));
  const middle = ([a = 0, b = 0]: number[]): number => placeOf((a + b) / 2);
  const before = [...fingers.values()];
  fingers.set(pointerId, clientX);
  const after = [...fingers.values()];
  const closer = zoomed(steps, whole, middle(after), apart(before) / apart(after), narrowest);
  return panned(closer, whole, middle(before) - middle(after));
}
