/**
 * The figures of a run, in typed arrays that grow, outside React's state: a run of 100,000 steps is appended to, never
 * copied. The store keeps a version number beside it, which tells charts when to read again.
 */
import type { HeldOutPoint, TrainPoint } from '../core/results.ts';

const TRAIN_COLUMNS = [
  'step',
  'loss',
  'maskedAccuracy',
  'learningRate',
  'gradientNorm',
  'tokensPerSecond',
  'elapsedMs',
] as const satisfies readonly (keyof TrainPoint)[];
export type TrainColumn = (typeof TRAIN_COLUMNS)[number];

const HELD_OUT_COLUMNS = [
  'step',
  'loss',
  'standardError',
  'top1',
  'top5',
  'tokens',
  'bitsPerByte',
  'draws',
] as const satisfies readonly (keyof HeldOutPoint)[];
export type HeldOutColumn = (typeof HELD_OUT_COLUMNS)[number];

/** Columns of numbers of one length. */
interface Table<Row, Column extends keyof Row> {
  length(): number;
  append(rows: readonly Row[]): void;
  /** The rows so far, as a view: valid until the next append. */
  column(name: Column): Float64Array;
}

function createTable<Row, Column extends keyof Row & string>(columns: readonly Column[]): Table<Row, Column> {
  let length = 0;
  let capacity = 256;
  const arrays = new Map<Column, Float64Array>(columns.map((name) => [name, new Float64Array(capacity)]));
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
        for (const [name, array] of arrays) array[length] = Number(row[name]);
        length++;
      }
    },
    column: (name) => (arrays.get(name) ?? new Float64Array(0)).subarray(0, length),
  };
}

/** The log of one run. Read it after the store's version number has changed. */
export interface MetricsLog {
  readonly train: Table<TrainPoint, TrainColumn>;
  readonly heldOut: Table<HeldOutPoint, HeldOutColumn>;
}

/** An empty log. */
export function createMetricsLog(): MetricsLog {
  return {
    train: createTable<TrainPoint, TrainColumn>(TRAIN_COLUMNS),
    heldOut: createTable<HeldOutPoint, HeldOutColumn>(HELD_OUT_COLUMNS),
  };
}

/**
 * Calls `publish` at most once in `intervalMs`: at once if it was quiet, else when the interval is over, so that the last
 * change is never lost.
 */
export function throttle(publish: () => void, intervalMs: number): { (): void; flush(): void } {
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
  const request = (): void => {
    if (timer === null) fire();
    else pending = true;
  };
  return Object.assign(request, {
    flush: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      pending = false;
      publish();
    },
  });
}
