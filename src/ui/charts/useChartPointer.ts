import { type PointerEvent, type RefObject, useRef, useState } from 'react';
import { type Axis, isWhole, panned, selected, zoomed } from './axis.ts';
import type { Chart } from './chart.ts';
import { readAtPlace, showAxis } from './chartMoves.ts';
import type { ChartView } from './useChartView.ts';

/** A shorter way with the pointer down is a click. */
const CLICK_PIXELS = 5;
/** Fingers that touch are this far apart at least. */
const NEAREST_FINGERS = 12;

/** Two places of a selection being drawn, 0 to 1. */
interface Selection {
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

/** Where along an element a pointer is, 0 to 1. */
export function placeIn(element: HTMLElement | null, clientX: number): number {
  const box = element?.getBoundingClientRect();
  return box === undefined || box.width === 0 ? 0 : (clientX - box.left) / box.width;
}

/**
 * Mouse and fingers: point to read, drag to see a stretch larger, drag with Shift to move along; one finger reads, or moves
 * along where it is zoomed, two come closer.
 */
export function useChartPointer(ref: RefObject<HTMLElement | null>, chart: Chart, view: ChartView) {
  const held = useRef<Held | null>(null);
  const fingers = useRef(new Map<number, number>());
  const [selection, setSelection] = useState<Selection | null>(null);
  const { steps, whole, narrowest, show, pointAt } = view;
  const placeOf = (clientX: number): number => placeIn(ref.current, clientX);
  const letGo = (pointerId: number): Held | null => {
    const before = held.current;
    fingers.current.delete(pointerId);
    held.current = null;
    setSelection(null);
    return before;
  };
  return {
    selection,
    onPointerDown: (event: PointerEvent<HTMLElement>): void => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const touch = event.pointerType === 'touch';
      if (touch) fingers.current.set(event.pointerId, event.clientX);
      const moving = event.shiftKey || (touch && !isWhole(steps, whole));
      const doing = moving ? 'panning' : touch ? 'reading' : 'selecting';
      const startPlace = placeOf(event.clientX);
      held.current = { startPlace, startX: event.clientX, axis: steps, doing };
      if (touch) readAtPlace(chart, view, startPlace);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>): void => {
      if (fingers.current.size > 1) {
        held.current = null;
        pinch(view, fingers.current, event, placeOf);
        return;
      }
      const place = placeOf(event.clientX);
      const start = held.current;
      const dragged = start !== null && Math.abs(event.clientX - start.startX) > CLICK_PIXELS;
      if (dragged && start.doing === 'panning') showAxis(view, panned(start.axis, whole, start.startPlace - place));
      else if (dragged && start.doing === 'selecting') setSelection({ from: start.startPlace, to: place });
      readAtPlace(chart, view, place);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>): void => {
      const start = letGo(event.pointerId);
      if (start?.doing !== 'selecting' || Math.abs(event.clientX - start.startX) <= CLICK_PIXELS) return;
      const stretch = selected(start.axis, start.startPlace, placeOf(event.clientX), narrowest);
      if (stretch !== null) show(stretch);
    },
    onPointerCancel: (event: PointerEvent<HTMLElement>): void => void letGo(event.pointerId),
    onPointerLeave: (event: PointerEvent<HTMLElement>): void => {
      if (event.pointerType !== 'touch' && held.current === null) pointAt(null);
    },
  };
}

/** Two fingers: as much closer as they move apart, and along with their middle. */
function pinch(
  view: ChartView,
  fingers: Map<number, number>,
  { pointerId, clientX }: PointerEvent<HTMLElement>,
  placeOf: (clientX: number) => number,
): void {
  const { steps, whole, narrowest } = view;
  const apart = ([a = 0, b = 0]: number[]): number => Math.max(NEAREST_FINGERS, Math.abs(a - b));
  const middle = ([a = 0, b = 0]: number[]): number => placeOf((a + b) / 2);
  const before = [...fingers.values()];
  fingers.set(pointerId, clientX);
  const after = [...fingers.values()];
  const closer = zoomed(steps, whole, middle(after), apart(before) / apart(after), narrowest);
  showAxis(view, panned(closer, whole, middle(before) - middle(after)));
}
