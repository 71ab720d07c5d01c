import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { VocabularyMap } from './insideCommands.ts';
import { centredOn, type MapSize, type MapView, nearestPoint, toPixels, wholeView } from './mapDrawing.ts';
import { type MapMarks, paintMap } from './paintMap.ts';
import { useMapGestures } from './useMapGestures.ts';

/** Pixels around a point within which it is meant. */
const REACH = 28;
const ZOOM = 1.6;
/** A word nearer to the edge than this counts as out of sight. */
const EDGE = 20;

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
  const find = (place: readonly [number, number]): number | null => nearestPoint(view, size, map.points, place, REACH);
  const { events, zoom } = useMapGestures({
    view,
    whole,
    size,
    onView: setMoved,
    onPoint: (place) => setPointed(place && find(place)),
    onPress: (place) => onChoose(find(place)),
  });
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
      <div className="map-box" ref={box}>
        <button
          type="button"
          className="map-target"
          aria-label={`Map of ${map.ids.length} tokens. Move with the arrow keys, zoom with plus and minus; the search above chooses a token.`}
          {...events}
        >
          <canvas ref={canvas} style={{ width: size.width, height: size.height }} />
        </button>
      </div>
      <div className="map-tools">
        <button type="button" className="map-tool" aria-label="Zoom in" onClick={() => zoom(ZOOM)}>
          +
        </button>
        <button type="button" className="map-tool" aria-label="Zoom out" onClick={() => zoom(1 / ZOOM)}>
          −
        </button>
        <button type="button" className="map-tool map-whole" onClick={() => setMoved(null)}>
          Whole map
        </button>
      </div>
    </div>
  );
}

function isOutside([x, y]: readonly [number, number], { width, height }: MapSize): boolean {
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
