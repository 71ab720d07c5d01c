import { ChartFigure } from './ChartFigure.tsx';
import type { Chart } from './chart.ts';
import { readAt } from './readings.ts';
import type { ChartView } from './useChartView.ts';

interface SmallChartProps {
  readonly chart: Chart;
  /** One sentence on what it tells. */
  readonly explanation: string;
  readonly view: ChartView;
  /** false: only its place is kept. */
  readonly drawn: boolean;
}

/** One line over the run, small: its title has the value at the step that is read, else the latest one. */
export function SmallChart({ chart, explanation, view, drawn }: SmallChartProps) {
  const [line] = chart.lines;
  const [reading] = view.cursor === null ? [] : readAt(chart, view.cursor);
  const latest = line?.values[line.values.length - 1];
  const shown = reading?.value ?? latest;
  return (
    <figure className="chart-figure">
      <figcaption>
        <span className="chart-figure-title">
          {chart.title} <strong>{shown === undefined ? '–' : chart.format(shown)}</strong>
        </span>
        <span className="chart-figure-words">{explanation}</span>
      </figcaption>
      {drawn ? (
        <ChartFigure chart={chart} view={view} size="small" tooltip={false} />
      ) : (
        <div className="chart chart-small" />
      )}
    </figure>
  );
}
