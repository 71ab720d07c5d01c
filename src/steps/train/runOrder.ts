/** The order of the table of runs. */
import type { RunRecord } from './trainState.ts';

export interface Order {
  /** Of the column. */
  readonly head: string;
  readonly descending: boolean;
}

interface Ordered {
  readonly head: string;
  readonly value: (run: RunRecord) => number | string | null;
}

/** Runs in the order of a column, those without a value last; as they came where none is chosen. */
export function orderRuns(
  runs: readonly RunRecord[],
  columns: readonly Ordered[],
  order: Order | null,
): readonly RunRecord[] {
  const column = columns.find(({ head }) => head === order?.head);
  if (column === undefined || order === null) return runs;
  const sign = order.descending ? -1 : 1;
  return runs.toSorted((one, other) => {
    const [a, b] = [column.value(one), column.value(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * String(a).localeCompare(String(b));
  });
}
