/** The arithmetic of an axis: where a value lies, what lies at a place, and how a stretch of it is shown larger or moved. */

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

/** Round values along an axis, at most about `most` of them. */
export function ticksOf({ low, high, log }: Axis, most: number): number[] {
  return log ? logTicks(low, high, most) : linearTicks(low, high, most);
}

/**
 * Ticks of a linear axis: the multiples of 1, 2, 2.5 or 5 times a power of ten of which at most `most` fit.
 * @example linearTicks(5, 7.5, 6) // [5, 5.5, 6, 6.5, 7, 7.5]
 * @example linearTicks(0, 300, 6) // [0, 100, 200, 300], since 50 apart they would be seven
 */
export function linearTicks(lowest: number, highest: number, most: number): number[] {
  const span = Math.max(highest - lowest, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(span / most));
  const within = (distance: number): number[] => {
    const first = Math.ceil(lowest / distance - 1e-9);
    const last = Math.floor(highest / distance + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * distance).toPrecision(12)));
  };
  for (const factor of [1, 2, 2.5, 5, 10]) {
    const ticks = within(factor * power);
    if (ticks.length <= most) return ticks;
  }
  return within(20 * power);
}

/**
 * Ticks of a logarithmic axis: 1, 2 and 5 times the powers of ten, or the powers alone where those are too many; the ticks
 * of a linear axis where there would be fewer than three.
 * @example logTicks(1, 100, 10) // [1, 2, 5, 10, 20, 50, 100]
 * @example logTicks(4, 7, 7)    // [4, 4.5, 5, 5.5, 6, 6.5, 7]
 */
export function logTicks(lowest: number, highest: number, most: number): number[] {
  const within = (factors: readonly number[]): number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(lowest)); power <= Math.log10(highest) + 1e-9; power++) {
      for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(1)));
    }
    return ticks.filter((tick) => tick >= lowest * (1 - 1e-9) && tick <= highest * (1 + 1e-9));
  };
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = within(factors);
    if (ticks.length < 3) break;
    if (ticks.length <= most) return ticks;
  }
  const powers = within([1]);
  return powers.length >= 3
    ? powers.filter((_, index) => index % Math.ceil(powers.length / most) === 0)
    : linearTicks(lowest, highest, most);
}
