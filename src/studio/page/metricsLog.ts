/**
 * The figures of a run, in typed arrays that grow, outside React's state: a run of 100,000 steps is appended to, never
 * copied. The store keeps a version number beside it, which tells charts when to read again.
 */
import { type METRICS, metricsOf, type Point } from '../../core/metrics.ts';

type Group = keyof typeof METRICS;
type Column<G extends Group> = keyof Point<G> & string;

type Columns<G extends Group> = Readonly<Record<Column<G>, Float64Array>>;

/** Columns of numbers of one length. */
interface Table<G extends Group> {
  length(): number;
  append(rows: readonly Point<G>[]): void;
  /** The rows so far, as a view: valid until the next append. */
  column(name: Column<G>): Float64Array;
  columns(): Columns<G>;
  /** The rows so far, one by one; NaN where something was not measured. */
  rows(): Readonly<Record<Column<G>, number>>[];
}

function createTable<G extends Group>(group: G): Table<G> {
  const columns = ['step', ...metricsOf(group).map(([key]) => key)] as Column<G>[];
  let length = 0;
  let capacity = 256;
  const arrays = new Map(columns.map((name) => [name, new Float64Array(capacity)]));
  const grow = (needed: number): void => {
    while (capacity < needed) capacity *= 2;
    for (const [name, old] of arrays) {
      const larger = new Float64Array(capacity);
      larger.set(old);
      arrays.set(name, larger);
    }
  };
  return {
    length: () => length,
    append: (rows) => {
      if (length + rows.length > capacity) grow(length + rows.length);
      for (const row of rows) {
        for (const [name, array] of arrays) array[length] = row[name] ?? Number.NaN;
        length++;
      }
    },
    column: (name) => (arrays.get(name) ?? new Float64Array(0)).subarray(0, length),
    columns: () => Object.fromEntries([...arrays].map(([name, array]) => [name, array.subarray(0, length)])) as never,
    rows: () =>
      Array.from(
        { length },
        (_, row) => Object.fromEntries([...arrays].map(([name, array]) => [name, array[row]])) as never,
      ),
  };
}

/** The log of one run. Read it after the store's version number has changed. */
export type MetricsLog = { readonly [G in Group]: Table<G> };

/** A log as it was when it was read. */
export type RunSeries = { readonly [G in Group]: Columns<G> };

/** Views of a log as it is now. */
export function readSeries({ train, heldOut }: MetricsLog): RunSeries {
  return { train: train.columns(), heldOut: heldOut.columns() };
}

/** An empty log. */
export function createMetricsLog(): MetricsLog {
  return { train: createTable('train'), heldOut: createTable('heldOut') };
}

/**
 * Calls `publish` at most once in `intervalMs`: at once if it was quiet, else when the interval is over, so that the last
 * change is never lost.
 */
export function throttle(publish: () => void, intervalMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let pending = false;
  const fire = (): void => {
    pending = false;
    timer = setTimeout(() => {
      timer = null;
      if (pending) fire();
    }, intervalMs);
    publish();
  };
  return () => {
    if (timer === null) fire();
    else pending = true;
  };
}
