/** Draws the map of the vocabulary on a canvas: words where they find room, dots elsewhere. */
import type { VocabularyMap } from './insideCommands.ts';
import { type MapSize, type MapView, placeLabels, toPixels } from './mapDrawing.ts';

/** What is marked on the map, by place in it. */
export interface MapMarks {
  readonly chosen: number | null;
  readonly pointed: number | null;
  readonly neighbours: readonly number[];
  /** What the search found; null: nobody searches. */
  readonly found: ReadonlySet<number> | null;
}

const DOT = 1.6;
const SMALLEST = 12;
const LARGEST = 21;

/** Pixels of a token's letters: more for those that occur more often. */
function letterSize(map: VocabularyMap, index: number, mostCount: number): number {
  const share = Math.log1p(map.counts[index] ?? 0) / Math.max(1, Math.log1p(mostCount));
  return SMALLEST + (LARGEST - SMALLEST) * share;
}

/** The word of a token on the map. */
export function mapWord(text: string): string {
  return text.trim() === '' ? text.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\t', '→') : text.trim();
}

interface Paint {
  readonly context: CanvasRenderingContext2D;
  readonly map: VocabularyMap;
  readonly view: MapView;
  readonly size: MapSize;
  readonly marks: MapMarks;
  /** Indices, the most frequent first. */
  readonly order: readonly number[];
}

/** Draws everything anew. Colours and letters are those of the style sheet. */
export function paintMap({ context, map, view, size, marks, order }: Paint): void {
  const style = getComputedStyle(context.canvas);
  const colour = (name: string): string => style.getPropertyValue(name);
  const font = (index: number): string => `${letterSize(map, index, mostCount)}px ${colour('--font-book')}`;
  const mostCount = map.counts[order[0] ?? 0] ?? 1;
  const ratio = context.canvas.width / size.width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  const { chosen, pointed, neighbours, found } = marks;
  const first = [chosen, pointed, ...neighbours, ...(found === null ? [] : order.filter((index) => found.has(index)))];
  const marked = [...new Set(first.filter((index) => index !== null))];
  drawThreads(context, { map, view, size, marks }, colour('--accent'));
  const measure = (index: number): readonly [number, number] => {
    context.font = font(index);
    return [context.measureText(mapWord(map.texts[index] ?? '')).width + 8, letterSize(map, index, mostCount)];
  };
  const labels = placeLabels(view, size, map.points, [...marked, ...order], measure);
  const written = new Set(labels.map(({ index }) => index));
  context.fillStyle = colour('--ink-faint');
  context.globalAlpha = found === null && chosen === null ? 0.7 : 0.35;
  for (const index of order) {
    if (written.has(index)) continue;
    const [x, y] = toPixels(view, size, map.points, index);
    context.fillRect(x - DOT / 2, y - DOT / 2, DOT, DOT);
  }
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const { index, x, y } of labels.toReversed()) {
    const text = map.texts[index] ?? '';
    const { ink, isFaded } = wordLook(index, text, marks);
    context.globalAlpha = isFaded ? 0.5 : 1;
    context.fillStyle = colour(ink);
    context.font = font(index);
    context.fillText(mapWord(text), x, y);
  }
  context.globalAlpha = 1;
}

/** The colour of a word by its marks, and whether it stands back behind others that are marked. */
function wordLook(index: number, text: string, { chosen, pointed, neighbours, found }: MapMarks) {
  const isFound = found?.has(index) === true;
  const isNear = neighbours.includes(index);
  const isNamed = index === chosen || index === pointed;
  const plain = /^\S/u.test(text) ? '--ink-faint' : '--ink';
  return {
    ink: isNamed || (isFound && chosen === null) ? '--accent' : isNear ? '--data-predicted' : plain,
    isFaded: (found !== null || chosen !== null) && !(isNamed || isNear || isFound),
  };
}

function drawThreads(
  context: CanvasRenderingContext2D,
  { map, view, size, marks }: Pick<Paint, 'map' | 'view' | 'size' | 'marks'>,
  colour: string,
): void {
  if (marks.chosen === null) return;
  const [x, y] = toPixels(view, size, map.points, marks.chosen);
  context.strokeStyle = colour;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  for (const neighbour of marks.neighbours) {
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(...toPixels(view, size, map.points, neighbour));
    context.stroke();
  }
}
