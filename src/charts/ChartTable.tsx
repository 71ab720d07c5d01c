import type { Chart } from './chart.ts';
import { nearestIndex } from './thinning.ts';

interface ChartTableProps {
  /** Charts over the same steps. */
  readonly charts: readonly Chart[];
  readonly label: string;
}

/** Rows that a person can take in. */
const MOST_ROWS = 24;

/** The charts as a table: every line at the same few steps, the first and the last among them. */
export function ChartTable({ charts, label }: ChartTableProps) {
  const [first] = charts;
  const columns = charts.flatMap((chart) => chart.lines.map((line) => ({ chart, line })));
  const measured = first?.lines.find(({ dots }) => dots === true) ?? first?.lines[0];
  return (
    // A wide table scrolls by itself, and whoever has no mouse has to be able to get there.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className="chart-table" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{first?.stepName}</th>
            {columns.map(({ chart, line }) => (
              <th key={`${chart.title} ${line.name}`} scope="col">
                {line.name}
                {line.average !== undefined && ', smoothed'}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {spreadSteps(measured?.steps ?? []).map((step) => (
            <tr key={step}>
              <th scope="row">{first?.formatStep(step)}</th>
              {columns.map(({ chart, line }) => (
                <td key={`${chart.title} ${line.name}`}>{valueNear(chart, line, step)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** At most so many of the steps, spread evenly, each once. */
function spreadSteps(steps: ArrayLike<number>): number[] {
  const last = steps.length - 1;
  const rows = Math.min(MOST_ROWS, steps.length);
  const chosen = Array.from(
    { length: rows },
    (_, row) => steps[rows === 1 ? 0 : Math.round((row * last) / (rows - 1))] ?? 0,
  );
  return [...new Set(chosen)];
}

function valueNear(chart: Chart, { steps, values, average }: Chart['lines'][number], step: number): string {
  const value = (average ?? values)[nearestIndex(steps, step)];
  return value === undefined ? '–' : chart.format(value);
}
