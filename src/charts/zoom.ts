/** The arithmetic of zooming: where a value lies on an axis, what lies at a place, and how a stretch of it is enlarged or moved. */

export interface Axis {
  readonly low: number;
  readonly high: number;
  /** Logarithmic; `low` is above 0 then. */
  readonly log: boolean;
}

/** A stretch of an axis. */
export interface Stretch {
  readonly low: number;
  readonly high: number;
}

const forward = ({ log }: Axis, value: number): number => (log ? Math.log(value) : value);
const backward = ({ log }: Axis, position: number): number => (log ? Math.exp(position) : position);

/**
 * Where a value lies: 0 at the low end, 1 at the high one, beyond them outside.
 * @example placeOn({ low: 1, high: 100, log: true }, 10) // 0.5
 */
export function placeOn(axis: Axis, value: number): number {
  const low = forward(axis, axis.low);
  return (forward(axis, value) - low) / (forward(axis, axis.high) - low);
}

/** The value at a place: the inverse of {@link placeOn}. */
export function valueAt(axis: Axis, place: number): number {
  const low = forward(axis, axis.low);
  return backward(axis, low + place * (forward(axis, axis.high) - low));
}

/** A stretch that is shown larger than this says nothing more. */
const LARGEST_ZOOM = 100_000;

/**
 * The axis about one of its places, `factor` times as wide: below 1 closer, above 1 from further away. Never wider than the
 * whole, and never beyond it.
 * @param place what stays where it is, 0 to 1
 * @param narrowest width that no stretch falls below, in values
 * @example zoomed({ low: 0, high: 100, log: false }, whole, 0.5, 0.5, 1) // { low: 25, high: 75, … }
 */
export function zoomed(axis: Axis, whole: Axis, place: number, factor: number, narrowest: number): Axis {
  const [low, high] = [forward(axis, axis.low), forward(axis, axis.high)];
  const [first, last] = [forward(whole, whole.low), forward(whole, whole.high)];
  const widest = last - first;
  const width = Math.min(widest, Math.max((high - low) * factor, widest / LARGEST_ZOOM));
  const centre = low + place * (high - low);
  const start = Math.min(Math.max(centre - place * width, first), last - width);
  const next = { ...axis, low: backward(axis, start), high: backward(axis, start + width) };
  return next.high - next.low < narrowest && factor < 1 ? axis : tidied(next, whole);
}

/** The axis moved by a share of its own width, as far as the whole goes. */
export function panned(axis: Axis, whole: Axis, share: number): Axis {
  const [low, high] = [forward(axis, axis.low), forward(axis, axis.high)];
  const [first, last] = [forward(whole, whole.low), forward(whole, whole.high)];
  const width = high - low;
  const start = Math.min(Math.max(low + share * width, first), last - width);
  return tidied({ ...axis, low: backward(axis, start), high: backward(axis, start + width) }, whole);
}

/** The part between two places, in either order; null where it is too narrow to have been meant. */
export function selected(axis: Axis, from: number, to: number, narrowest: number): Stretch | null {
  const clamp = (place: number): number => Math.min(1, Math.max(0, place));
  const low = valueAt(axis, clamp(Math.min(from, to)));
  const high = valueAt(axis, clamp(Math.max(from, to)));
  return high - low < narrowest ? null : { low, high };
}

/** Ends that differ from the whole's by rounding alone are the whole's. */
function tidied(axis: Axis, whole: Axis): Axis {
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-300);
  return {
    ...axis,
    low: near(axis.low, whole.low) ? whole.low : axis.low,
    high: near(axis.high, whole.high) ? whole.high : axis.high,
  };
}

/** Whether an axis shows all of the whole. */
export function isWhole(axis: Axis, whole: Axis): boolean {
  return axis.low === whole.low && axis.high === whole.high;
}
