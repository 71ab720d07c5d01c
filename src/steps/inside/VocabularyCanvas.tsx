import { ActionIcon, Button, Group, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { useWheel } from '../../charts/useWheel.ts';
import { ARROWS } from '../../design/arrowKeys.ts';
import type { VocabularyMap } from './insideCommands.ts';
import {
  centredOn,
  type MapSize,
  type MapView,
  mapShape,
  nearestPoint,
  panned,
  toPixels,
  wholeView,
  zoomed,
} from './mapDrawing.ts';
import { type MapMarks, paintMap } from './paintMap.ts';

/** Pixels around a point within which it is meant. */
const REACH = 28;
const ZOOM = 1.6;
/** What an arrow key moves the map by, in pixels, and what + and − enlarge it by. */
const KEY_STEP = 60;
const KEY_ZOOM = 1.4;
/** Pixels that a press may wander and still be a press. */
const STILL = 5;
/** A word nearer to the edge than this counts as out of sight. */
const EDGE = 20;

/** On the canvas, pixels. */
type Place = readonly [x: number, y: number];

interface VocabularyCanvasProps {
  readonly map: VocabularyMap;
  /** Places on the map, the most frequent tokens first. */
  readonly order: readonly number[];
  readonly marks: Omit<MapMarks, 'pointed'>;
  readonly onChoose: (index: number | null) => void;
}

/** The map itself: drag, pinch, zoom, press a word. */
export function VocabularyCanvas({ map, order, marks, onChoose }: VocabularyCanvasProps) {
  const { ref: box, width, height } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useMemo(() => ({ width: Math.max(1, width), height: Math.max(1, height) }), [width, height]);
  const whole = useMemo(() => wholeView(map.points, size), [map, size]);
  const [moved, setMoved] = useState<MapView | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const view = moved ?? whole;
  const find = (place: Place): number | null => nearestPoint(view, size, map.points, place, REACH);
  const middle = [size.width / 2, size.height / 2] as const;
  const zoomAt = (factor: number, [x, y]: Place): void => setMoved(zoomed(view, size, whole, factor, x, y));
  const target = useRef<HTMLButtonElement>(null);
  const fingers = useRef(new Map<number, Place>());
  const wandered = useRef(0);
  // The wheel zooms while the map has the focus, else the page scrolls.
  useWheel(target, (event, element) => {
    if (!event.ctrlKey && document.activeElement !== element) return;
    event.preventDefault();
    zoomAt(Math.exp(-event.deltaY / 300), placeOf(event, element));
  });
  const onPointerMove = (event: PointerEvent<HTMLButtonElement>): void => {
    const place = placeOf(event, event.currentTarget);
    const before = fingers.current.get(event.pointerId);
    if (before === undefined) {
      setPointed(find(place));
      return;
    }
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    fingers.current.set(event.pointerId, place);
    wandered.current += apart(place, before);
    if (other === undefined) setMoved(panned(view, place[0] - before[0], place[1] - before[1]));
    else {
      const closer = Math.max(1, apart(place, other)) / Math.max(1, apart(before, other));
      zoomAt(closer, [(place[0] + other[0]) / 2, (place[1] + other[1]) / 2]);
    }
  };
  const moves = new Map<string, () => void>([
    ...[...ARROWS].map(
      ([key, [down, across]]) => [key, () => setMoved(panned(view, -across * KEY_STEP, -down * KEY_STEP))] as const,
    ),
    ['+', () => zoomAt(KEY_ZOOM, middle)],
    ['=', () => zoomAt(KEY_ZOOM, middle)],
    ['-', () => zoomAt(1 / KEY_ZOOM, middle)],
    ['0', () => setMoved(null)],
    ['Home', () => setMoved(null)],
  ]);
  const events = {
    onPointerDown: (event: PointerEvent<HTMLButtonElement>): void => {
      if (fingers.current.size === 0) wandered.current = 0;
      fingers.current.set(event.pointerId, placeOf(event, event.currentTarget));
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove,
    onPointerUp: ({ pointerId }: PointerEvent): void => {
      const place = fingers.current.get(pointerId);
      fingers.current.delete(pointerId);
      if (place !== undefined && fingers.current.size === 0 && wandered.current < STILL) onChoose(find(place));
    },
    onPointerCancel: ({ pointerId }: PointerEvent) => fingers.current.delete(pointerId),
    onPointerLeave: () => setPointed(null),
    onKeyDown: (event: KeyboardEvent): void => {
      const move = moves.get(event.key);
      if (move === undefined) return;
      event.preventDefault();
      move();
    },
  };
  const { chosen } = marks;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new choice moves the map, and only if it can't be seen
  useEffect(() => {
    if (chosen !== null && isOutside(toPixels(view, size, map.points, chosen), size)) {
      setMoved(centredOn(view, map.points, chosen));
    }
  }, [chosen]);
  const painted = useMemo(
    () => ({ map, view, size, marks: { ...marks, pointed }, order }),
    [map, view, size, marks, pointed, order],
  );
  usePaint(canvas, painted);
  return (
    <div className="map-frame">
      <div className="map-box" ref={box} style={{ aspectRatio: mapShape(map.points) }}>
        <button
          type="button"
          className="map-target plain-button"
          aria-label={`Map of ${map.ids.length} tokens. Move with the arrow keys, zoom with plus and minus; the search above chooses a token.`}
          ref={target}
          {...events}
        >
          <canvas ref={canvas} style={{ width: size.width, height: size.height }} />
        </button>
      </div>
      <Group pos="absolute" right={0} bottom={10} gap={4}>
        <ActionIcon size={30} aria-label="Zoom in" onClick={() => zoomAt(ZOOM, middle)}>
          +
        </ActionIcon>
        <ActionIcon size={30} aria-label="Zoom out" onClick={() => zoomAt(1 / ZOOM, middle)}>
          −
        </ActionIcon>
        <Button size="xs" onClick={() => setMoved(null)}>
          Whole map
        </Button>
      </Group>
    </div>
  );
}

function placeOf({ clientX, clientY }: { clientX: number; clientY: number }, element: HTMLElement): Place {
  const { left, top } = element.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

function apart([x1, y1]: Place, [x2, y2]: Place): number {
  return Math.hypot(x1 - x2, y1 - y2);
}

function isOutside([x, y]: Place, { width, height }: MapSize): boolean {
  return x < EDGE || y < EDGE || x > width - EDGE || y > height - EDGE;
}

type Painted = Omit<Parameters<typeof paintMap>[0], 'context'>;

/** Draws once a frame at most, whatever changed: view, marks, colour scheme, or the letters when they have arrived. */
function usePaint(canvas: RefObject<HTMLCanvasElement | null>, painted: Painted): void {
  const scheme = useComputedColorScheme();
  const [lettersArrived, setLettersArrived] = useState(false);
  const { width, height } = painted.size;
  useEffect(() => {
    void document.fonts.ready.then(() => setLettersArrived(true));
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours and letters are read from the page while painting
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const element = canvas.current;
      const context = element?.getContext('2d');
      if (!element || !context) return;
      const ratio = window.devicePixelRatio;
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
      paintMap({ ...painted, context });
    });
    return () => cancelAnimationFrame(frame);
  }, [painted, scheme, lettersArrived]);
}
