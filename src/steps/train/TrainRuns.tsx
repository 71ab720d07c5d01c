import { type FieldPath, readField, settingOf } from '../../core/config.ts';
import { METRICS } from '../../core/metrics.ts';
import { Section } from '../../design/StepPage.tsx';
import { belowNeighbours, compareRuns, differingFields } from '../../studio/page/compareRuns.ts';
import { formatCount, formatDuration, formatShare, lossWithError } from '../../studio/page/format.ts';
import type { RunRecord } from './trainState.ts';

interface TrainRunsProps {
  readonly runs: readonly RunRecord[];
  /** Ids of the runs that the chart leaves out. */
  readonly hidden: ReadonlySet<number>;
  readonly setHidden: (hidden: ReadonlySet<number>) => void;
}

/** The runs of this visit side by side: what differs in their settings, and what came of it. */
export function TrainRuns({ runs, hidden, setHidden }: TrainRunsProps) {
  const fields = differingFields(runs.map(({ config }) => config));
  const verdict = compareRuns(runs);
  const toggle = (id: number): void => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setHidden(next);
  };
  return (
    <Section title="Runs side by side" note="Those of this visit; the chart lays the chosen ones over each other.">
      {verdict !== null && <p className="verdict-small">{verdict}</p>}
      <div className="train-runs">
        <table>
          <thead>
            <tr>
              <th scope="col">In the chart</th>
              {fields.map((path) => (
                <th key={path} scope="col">
                  {settingOf(path).term}
                </th>
              ))}
              <th scope="col">{METRICS.heldOut.loss.name}</th>
              <th scope="col">Below its neighbours</th>
              <th scope="col">First guess</th>
              <th scope="col">Steps</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <RunRow
                key={run.id}
                run={run}
                fields={fields}
                shown={!hidden.has(run.id)}
                toggle={() => toggle(run.id)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

interface RunRowProps {
  readonly run: RunRecord;
  readonly fields: readonly FieldPath[];
  readonly shown: boolean;
  readonly toggle: () => void;
}

function RunRow({ run, fields, shown, toggle }: RunRowProps) {
  const { summary, config, name } = run;
  const below = belowNeighbours(run);
  const heldOut = summary?.heldOut ?? null;
  return (
    <tr>
      <th scope="row">
        <label>
          <input type="checkbox" checked={shown} onChange={toggle} /> {name}
        </label>
      </th>
      {fields.map((path) => (
        <td key={path}>{String(readField(config, path))}</td>
      ))}
      <td>{heldOut === null ? '–' : lossWithError(heldOut)}</td>
      <td>{below === null ? '–' : below.toFixed(2)}</td>
      <td>{heldOut === null ? '–' : formatShare(heldOut.top1)}</td>
      <td>{summary === null ? '–' : formatCount(summary.steps)}</td>
      <td>{summary === null ? '–' : formatDuration(summary.seconds)}</td>
    </tr>
  );
}
