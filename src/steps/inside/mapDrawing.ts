/** The map of the vocabulary: from the plane of the embeddings to pixels and back, and which words find room. */

/** How the plane lies on the canvas: pixels = centre + scale · (point − origin), y upwards in the plane. */
export interface MapView {
  readonly originX: number;
  readonly originY: number;
  /** Pixels a unit. */
  readonly scale: number;
}

export interface MapSize {
  readonly width: number;
  readonly height: number;
}

/** Points as pairs, x and y. */
type Points = Float32Array; // [N, 2]

/** Room around the outermost points, pixels. */
const MARGIN = 36;
/** Largest magnification beyond the whole map. */
const MOST_ZOOM = 200;

/** The view that shows all points. */
export function wholeView(points: Points, { width, height }: MapSize): MapView {
  const [minX, maxX] = rangeOf(points, 0);
  const [minY, maxY] = rangeOf(points, 1);
  const across = (width - 2 * MARGIN) / Math.max(1e-9, maxX - minX);
  const up = (height - 2 * MARGIN) / Math.max(1e-9, maxY - minY);
  return { originX: (minX + maxX) / 2, originY: (minY + maxY) / 2, scale: Math.max(1e-9, Math.min(across, up)) };
}

/** A map of this width is drawn about as high as its points ask for, so that it is not half empty. */
const USUAL_WIDTH = 720;

/** Width over height of a map that its points fill. */
export function mapShape(points: Points): number {
  const [minX, maxX] = rangeOf(points, 0);
  const [minY, maxY] = rangeOf(points, 1);
  const scale = (USUAL_WIDTH - 2 * MARGIN) / Math.max(1e-9, maxX - minX);
  return USUAL_WIDTH / (2 * MARGIN + scale * (maxY - minY));
}

/** The least and the greatest coordinate of points along an axis; 0 where there are none. */
export function rangeOf(points: ArrayLike<number>, axis: 0 | 1): [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = axis; i < points.length; i += 2) {
    least = Math.min(least, points[i] as number);
    most = Math.max(most, points[i] as number);
  }
  return points.length === 0 ? [0, 0] : [least, most];
}

/** Where a point is drawn. */
export function toPixels(view: MapView, { width, height }: MapSize, points: Points, index: number): [number, number] {
  return [
    width / 2 + view.scale * ((points[2 * index] ?? 0) - view.originX),
    height / 2 - view.scale * ((points[2 * index + 1] ?? 0) - view.originY),
  ];
}

/** The view moved by pixels, as if the paper were drawn along. */
export function panned(view: MapView, dx: number, dy: number): MapView {
  return { ...view, originX: view.originX - dx / view.scale, originY: view.originY + dy / view.scale };
}

/** The view enlarged around a pixel, which stays where it is; never smaller than half of the whole map. */
export function zoomed(view: MapView, size: MapSize, whole: MapView, factor: number, x: number, y: number): MapView {
  const scale = Math.min(MOST_ZOOM * whole.scale, Math.max(whole.scale / 2, view.scale * factor));
  const [dx, dy] = [x - size.width / 2, y - size.height / 2];
  return {
    originX: view.originX + dx / view.scale - dx / scale,
    originY: view.originY - dy / view.scale + dy / scale,
    scale,
  };
}

/** The view with a point in its middle. */
export function centredOn(view: MapView, points: Points, index: number): MapView {
  return { ...view, originX: points[2 * index] ?? 0, originY: points[2 * index + 1] ?? 0 };
}

/** The point nearest to a pixel, if one is within reach. */
export function nearestPoint(
  view: MapView,
  size: MapSize,
  points: Points,
  [x, y]: readonly [number, number],
  reach: number,
): number | null {
  let best: number | null = null;
  let least = reach ** 2;
  for (let index = 0; index < points.length / 2; index++) {
    const [px, py] = toPixels(view, size, points, index);
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance >= least) continue;
    least = distance;
    best = index;
  }
  return best;
}

/** Size of a cell of the table of taken places, pixels. */
const CELL = 64;

/**
 * Which points are written as words: in the given order, each where no word before it stands.
 * @param order indices, the most wanted first
 * @param measure width and height of a point's word in pixels
 * @returns the points that are written out, and where the middle of each word is
 */
export function placeLabels(
  view: MapView,
  size: MapSize,
  points: Points,
  order: readonly number[],
  measure: (index: number) => readonly [number, number],
) {
  const labels: { index: number; x: number; y: number }[] = [];
  const taken = new Map<string, { x: number; y: number; w: number; h: number }[]>();
  for (const index of order) {
    const [x, y] = toPixels(view, size, points, index);
    if (x < 0 || y < 0 || x > size.width || y > size.height) continue;
    const [w, h] = measure(index);
    const cells = cellsOf(x, y, w, h);
    const isFree = cells.every((cell) =>
      (taken.get(cell) ?? []).every((o) => Math.abs(o.x - x) * 2 >= o.w + w || Math.abs(o.y - y) * 2 >= o.h + h),
    );
    if (!isFree) continue;
    labels.push({ index, x, y });
    for (const cell of cells) taken.set(cell, [...(taken.get(cell) ?? []), { x, y, w, h }]);
  }
  return labels;
}

function cellsOf(x: number, y: number, w: number, h: number): string[] {
  const cells: string[] = [];
  for (let row = Math.floor((y - h / 2) / CELL); row <= Math.floor((y + h / 2) / CELL); row++) {
    for (let column = Math.floor((x - w / 2) / CELL); column <= Math.floor((x + w / 2) / CELL); column++) {
      cells.push(`${column},${row}`);
    }
  }
  return cells;
}
