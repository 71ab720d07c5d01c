import { Checkbox, Group, TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { DataTable } from '../../design/DataTable.tsx';
import { compareRuns } from '../../studio/page/compareRuns.ts';
import { useActions } from '../../studio/page/useStudio.ts';
import { type Order, orderRuns, runColumns } from './runColumns.ts';
import type { RunRecord } from './trainState.ts';

interface TrainRunsProps {
  readonly runs: readonly RunRecord[];
  /** Ids of the runs that the chart leaves out. */
  readonly hidden: ReadonlySet<number>;
  readonly setHidden: (hidden: ReadonlySet<number>) => void;
}

/** The runs of this visit side by side, in the order of a column that is chosen. */
export function TrainRuns({ runs, hidden, setHidden }: TrainRunsProps) {
  const verdict = compareRuns(runs);
  const [order, setOrder] = useState<Order | null>(null);
  const columns = runColumns(runs);
  const press = (head: string): void =>
    setOrder({ head, descending: order?.head === head ? !order.descending : false });
  return (
    <section className="section" aria-label="Compare runs">
      {verdict !== null && <p className="book">{verdict}</p>}
      <p className="small soft">The runs of this session; those that are ticked are drawn in the chart.</p>
      <DataTable
        label="Runs of this session"
        rows={orderRuns(runs, columns, order)}
        columns={[
          {
            head: 'In the chart',
            names: true,
            cell: (run) => <RunName run={run} hidden={hidden} setHidden={setHidden} />,
          },
          ...columns.map(({ head, cell }) => ({
            head: (
              <UnstyledButton fz="inherit" fw="inherit" onClick={() => press(head)}>
                {head}
                {order?.head === head && (order.descending ? ' ↓' : ' ↑')}
              </UnstyledButton>
            ),
            sorted:
              order?.head !== head ? undefined : order.descending ? ('descending' as const) : ('ascending' as const),
            cell,
          })),
        ]}
      />
    </section>
  );
}

/** Whether a run is in the chart, and its name, which is changed in place. */
function RunName({ run: { id, name }, hidden, setHidden }: Omit<TrainRunsProps, 'runs'> & { readonly run: RunRecord }) {
  const [typed, setTyped] = useState<string | null>(null);
  const { nameRun } = useActions();
  const toggle = (): void => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setHidden(next);
  };
  const leave = (): void => {
    if (typed !== null && typed.trim() !== '' && typed !== name) nameRun(id, typed.trim());
    setTyped(null);
  };
  return (
    <Group gap={8} wrap="nowrap">
      <Checkbox size="xs" checked={!hidden.has(id)} onChange={toggle} aria-label={`${name} in the chart`} />
      {typed === null ? (
        <>
          {name}
          <button
            type="button"
            className="link-button tiny"
            aria-label={`Rename ${name}`}
            onClick={() => setTyped(name)}
          >
            Rename
          </button>
        </>
      ) : (
        <TextInput
          size="xs"
          aria-label="Name of the run"
          value={typed}
          maxLength={200}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={leave}
          onKeyDown={(event) => {
            if (event.key === 'Enter') leave();
            if (event.key === 'Escape') setTyped(null);
          }}
          data-autofocus
          ref={(field) => field?.focus()}
        />
      )}
    </Group>
  );
}
