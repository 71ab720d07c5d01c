/** The arithmetic of zooming: where a value lies on an axis, what lies at a place, and how a stretch of it is enlarged or moved. */

/** A stretch of an axis. */
export interface Stretch {
  readonly low: number;
  readonly high: number;
}

export interface Axis extends Stretch {
  /** Logarithmic; `low` is above 0 then. */
  readonly log: boolean;
}

const forward = ({ log }: Axis, value: number): number => (log ? Math.log(value) : value);
const backward = ({ log }: Axis, position: number): number => (log ? Math.exp(position) : position);

/** Where an axis starts and how far it goes, as it is drawn. */
function spanOf(axis: Axis): [start: number, width: number] {
  const start = forward(axis, axis.low);
  return [start, forward(axis, axis.high) - start];
}

/**
 * Where a value lies: 0 at the low end, 1 at the high one, beyond them outside.
 * @example placeOn({ low: 1, high: 100, log: true }, 10) // 0.5
 */
export function placeOn(axis: Axis, value: number): number {
  const [start, width] = spanOf(axis);
  return (forward(axis, value) - start) / width;
}

/** The value at a place: the inverse of {@link placeOn}. */
export function valueAt(axis: Axis, place: number): number {
  const [start, width] = spanOf(axis);
  return backward(axis, start + place * width);
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
  const [start, width] = spanOf(axis);
  const [, widest] = spanOf(whole);
  const next = Math.min(widest, Math.max(width * factor, widest / LARGEST_ZOOM));
  const zoom = within(whole, start + place * (width - next), next);
  return zoom.high - zoom.low < narrowest && factor < 1 ? axis : zoom;
}

/** The axis moved by a share of its own width, as far as the whole goes. */
export function panned(axis: Axis, whole: Axis, share: number): Axis {
  const [start, width] = spanOf(axis);
  return within(whole, start + share * width, width);
}

/** The part between two places, in either order; null where it is too narrow to have been meant. */
export function selected(axis: Axis, from: number, to: number, narrowest: number): Stretch | null {
  const clamp = (place: number): number => Math.min(1, Math.max(0, place));
  const low = valueAt(axis, clamp(Math.min(from, to)));
  const high = valueAt(axis, clamp(Math.max(from, to)));
  return high - low < narrowest ? null : { low, high };
}

/** A part of the whole, as wide as asked and not beyond its ends; those that differ from them by rounding alone are the same. */
function within(whole: Axis, start: number, width: number): Axis {
  const [first, widest] = spanOf(whole);
  const from = Math.min(Math.max(start, first), first + widest - width);
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-300);
  const [low, high] = [backward(whole, from), backward(whole, from + width)];
  return { ...whole, ...(!near(low, whole.low) && { low }), ...(!near(high, whole.high) && { high }) };
}

/** Whether an axis shows all of the whole. */
export function isWhole(axis: Axis, whole: Axis): boolean {
  return axis.low === whole.low && axis.high === whole.high;
}
