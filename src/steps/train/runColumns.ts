/** Runs side by side, on the page and in a report: what differs in their settings, and what came of them. */
import { readField, settingOf } from '../../core/config.ts';
import { METRICS } from '../../core/metrics.ts';
import { belowNeighbours } from '../../studio/page/compareRuns.ts';
import { differingFields } from '../../studio/page/differingFields.ts';
import { formatCount, formatDuration, formatShare, formatSigned, lossWithError } from '../../studio/page/format.ts';
import type { RunRecord } from './trainState.ts';

interface RunColumn {
  readonly head: string;
  readonly cell: (run: RunRecord) => string;
  /** What rows are ordered by; null: not measured. */
  readonly value: (run: RunRecord) => number | string | null;
}

function figure<T extends number | string>(
  head: string,
  value: (run: RunRecord) => T | null | undefined,
  show: (value: T, run: RunRecord) => string,
): RunColumn {
  const known = (run: RunRecord): T | null => value(run) ?? null;
  const cell = (run: RunRecord): string => {
    const found = known(run);
    return found === null ? '–' : show(found, run);
  };
  return { head, value: known, cell };
}

export function runColumns(runs: readonly RunRecord[]): RunColumn[] {
  const fields = differingFields(runs.map(({ config }) => config)).map((path) =>
    figure(settingOf(path).term, ({ config }) => readField(config, path), String),
  );
  return [
    ...fields,
    figure(
      METRICS.heldOut.loss.name,
      ({ summary }) => summary?.heldOut?.loss,
      (loss, { summary }) => (summary?.heldOut ? lossWithError(summary.heldOut) : String(loss)),
    ),
    figure(
      'Vs. neighbour counts',
      (run) => {
        const below = belowNeighbours(run);
        return below === null ? null : -below;
      },
      (difference) => formatSigned(difference),
    ),
    figure(
      METRICS.heldOut.top1.name,
      ({ summary }) => summary?.heldOut?.top1,
      (share) => formatShare(share),
    ),
    figure('Steps', ({ summary }) => summary?.steps, formatCount),
    figure('Time', ({ summary }) => summary?.seconds, formatDuration),
  ];
}

export interface Order {
  readonly head: string;
  readonly descending: boolean;
}

/** Runs in the order of a column, those without a value last; as they came where none is chosen. */
export function orderRuns(
  runs: readonly RunRecord[],
  columns: readonly Pick<RunColumn, 'head' | 'value'>[],
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
