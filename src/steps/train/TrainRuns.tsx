import { DataTable } from '../../design/DataTable.tsx';
import { Section } from '../../design/StepPage.tsx';
import { compareRuns } from '../../studio/page/compareRuns.ts';
import { runColumns } from './runColumns.ts';
import type { RunRecord } from './trainState.ts';

interface TrainRunsProps {
  readonly runs: readonly RunRecord[];
  /** Ids of the runs that the chart leaves out. */
  readonly hidden: ReadonlySet<number>;
  readonly setHidden: (hidden: ReadonlySet<number>) => void;
}

/** The runs of this visit side by side. */
export function TrainRuns({ runs, hidden, setHidden }: TrainRunsProps) {
  const verdict = compareRuns(runs);
  const toggle = (id: number): void => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setHidden(next);
  };
  return (
    <Section title="Compare runs" note="The runs of this visit; those that are ticked are drawn in the chart.">
      {verdict !== null && <p className="book">{verdict}</p>}
      <DataTable
        label="Compare runs"
        rows={runs}
        columns={[
          {
            head: 'In the chart',
            names: true,
            cell: ({ id, name }) => (
              <label>
                <input type="checkbox" checked={!hidden.has(id)} onChange={() => toggle(id)} /> {name}
              </label>
            ),
          },
          ...runColumns(runs),
        ]}
      />
    </Section>
  );
}
