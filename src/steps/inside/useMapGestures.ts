import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react';
import { type MapSize, type MapView, panned, zoomed } from './mapDrawing.ts';

/** Pixels that an arrow key moves the map by. */
const KEY_STEP = 60;
const KEY_ZOOM = 1.4;
/** Pixels that a press may wander and still be a press. */
const STILL = 5;

interface GestureOptions {
  readonly view: MapView;
  readonly whole: MapView;
  readonly size: MapSize;
  readonly onView: (view: MapView) => void;
  /** The pointer is over a place; null: it left. */
  readonly onPoint: (place: readonly [number, number] | null) => void;
  readonly onPress: (place: readonly [number, number]) => void;
}

/** Dragging, pinching, the wheel and the keys on a map. The wheel zooms while the map has the focus, else the page scrolls. */
export function useMapGestures({ view, whole, size, onView, onPoint, onPress }: GestureOptions) {
  const target = useRef<HTMLButtonElement>(null);
  const fingers = useRef(new Map<number, readonly [number, number]>());
  const wandered = useRef(0);
  const zoomAt = (factor: number, [x, y]: readonly [number, number]): void =>
    onView(zoomed(view, size, whole, factor, x, y));
  const middle = [size.width / 2, size.height / 2] as const;

  const wheel = useRef<(event: WheelEvent) => void>(() => undefined);
  useEffect(() => {
    wheel.current = (event) => {
      if (!event.ctrlKey && document.activeElement !== target.current) return;
      event.preventDefault();
      zoomAt(Math.exp(-event.deltaY / 300), placeOf(event, target.current));
    };
  });
  useEffect(() => {
    const element = target.current;
    // React listens passively, which may not keep the page from scrolling.
    const listener = (event: WheelEvent): void => wheel.current(event);
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, []);

  const onPointerDown = (event: PointerEvent<HTMLButtonElement>): void => {
    if (fingers.current.size === 0) wandered.current = 0;
    fingers.current.set(event.pointerId, placeOf(event, event.currentTarget));
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLButtonElement>): void => {
    const place = placeOf(event, event.currentTarget);
    const before = fingers.current.get(event.pointerId);
    if (before === undefined) {
      onPoint(place);
      return;
    }
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    fingers.current.set(event.pointerId, place);
    wandered.current += Math.hypot(place[0] - before[0], place[1] - before[1]);
    if (other === undefined) onView(panned(view, place[0] - before[0], place[1] - before[1]));
    else {
      const apart = (a: readonly [number, number]): number => Math.max(1, Math.hypot(a[0] - other[0], a[1] - other[1]));
      zoomAt(apart(place) / apart(before), [(place[0] + other[0]) / 2, (place[1] + other[1]) / 2]);
    }
  };
  const onPointerUp = (event: PointerEvent<HTMLButtonElement>): void => {
    const place = fingers.current.get(event.pointerId);
    fingers.current.delete(event.pointerId);
    if (place !== undefined && fingers.current.size === 0 && wandered.current < STILL) onPress(place);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>): void => {
    const next = keyedView(event.key, view, (factor) => zoomed(view, size, whole, factor, ...middle), whole);
    if (next === null) return;
    event.preventDefault();
    onView(next);
  };
  return {
    zoom: (factor: number) => zoomAt(factor, middle),
    events: {
      ref: target,
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel: (event: PointerEvent) => fingers.current.delete(event.pointerId),
      onPointerLeave: () => onPoint(null),
      onKeyDown,
    },
  };
}

function placeOf(
  event: { readonly clientX: number; readonly clientY: number },
  element: HTMLElement | null,
): readonly [number, number] {
  const area = element?.getBoundingClientRect();
  return [event.clientX - (area?.left ?? 0), event.clientY - (area?.top ?? 0)];
}

function keyedView(key: string, view: MapView, zoom: (factor: number) => MapView, whole: MapView): MapView | null {
  switch (key) {
    case 'ArrowLeft':
      return panned(view, KEY_STEP, 0);
    case 'ArrowRight':
      return panned(view, -KEY_STEP, 0);
    case 'ArrowUp':
      return panned(view, 0, KEY_STEP);
    case 'ArrowDown':
      return panned(view, 0, -KEY_STEP);
    case '+':
    case '=':
      return zoom(KEY_ZOOM);
    case '-':
      return zoom(1 / KEY_ZOOM);
    case '0':
    case 'Home':
      return whole;
    default:
      return null;
  }
}
