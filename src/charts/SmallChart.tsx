import { useMemo, useState } from 'react';
import { ChartFigure } from './ChartFigure.tsx';
import type { Chart } from './chart.ts';
import type { ChartView } from './useChartView.ts';
import { useTurn } from './useTurn.ts';

interface SmallChartProps {
  readonly chart: Chart;
  /** One sentence on what it tells. */
  readonly explanation: string;
  readonly view: ChartView;
  /** Frames after the large chart in which it is drawn anew. */
  readonly turn: number;
}

/** One line over the run, small: its title has the value at the step that is read, else the latest one. */
export function SmallChart({ chart, explanation, view, turn }: SmallChartProps) {
  const [value, setValue] = useState<HTMLElement | null>(null);
  const drawn = useTurn(
    useMemo(() => ({ chart, steps: view.steps }), [chart, view.steps]),
    turn,
  );
  return (
    <figure className="chart-figure">
      <figcaption>
        <span className="chart-figure-title">
          {chart.title} <strong ref={setValue} />
        </span>
        <span className="chart-figure-words">{explanation}</span>
      </figcaption>
      {drawn === null ? (
        <div className="chart chart-small" />
      ) : (
        <ChartFigure chart={drawn.chart} view={view} steps={drawn.steps} size="small" readingPlace={value} />
      )}
    </figure>
  );
}
