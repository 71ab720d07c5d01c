/** Runs side by side, on the page and in a report: what differs in their settings, and what came of them. */
import { readField, settingOf } from '../../core/config.ts';
import { METRICS } from '../../core/metrics.ts';
import { belowNeighbours, differingFields } from '../../studio/page/compareRuns.ts';
import { formatCount, formatDuration, formatShare, lossWithError } from '../../studio/page/format.ts';
import type { RunRecord } from './trainState.ts';

interface RunColumn {
  readonly head: string;
  readonly cell: (run: RunRecord) => string;
}

export function runColumns(runs: readonly RunRecord[]): RunColumn[] {
  const fields = differingFields(runs.map(({ config }) => config)).map((path) => ({
    head: settingOf(path).term,
    cell: ({ config }: RunRecord) => String(readField(config, path)),
  }));
  return [
    ...fields,
    {
      head: METRICS.heldOut.loss.name,
      cell: ({ summary }) => (summary?.heldOut == null ? '–' : lossWithError(summary.heldOut)),
    },
    { head: 'Below neighbour counts', cell: (run) => belowNeighbours(run)?.toFixed(2) ?? '–' },
    {
      head: 'Masked accuracy',
      cell: ({ summary }) => (summary?.heldOut == null ? '–' : formatShare(summary.heldOut.top1)),
    },
    { head: 'Steps', cell: ({ summary }) => (summary === null ? '–' : formatCount(summary.steps)) },
    { head: 'Time', cell: ({ summary }) => (summary === null ? '–' : formatDuration(summary.seconds)) },
  ];
}
