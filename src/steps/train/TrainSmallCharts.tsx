import { useMemo } from 'react';
import { SmallChart } from '../../charts/SmallChart.tsx';
import type { ChartView } from '../../charts/useChartView.ts';
import { useThrottled } from '../../charts/useThrottled.ts';
import type { RunSeries } from '../../studio/page/metricsLog.ts';
import { smallCharts } from './trainChartData.ts';

/** Drawn anew at most this often, and never in the task that draws the loss. */
const DRAW_EVERY_MS = 1700;

interface TrainSmallChartsProps {
  readonly series: RunSeries;
  readonly smoothing: number;
  readonly view: ChartView;
}

/** What a run does besides lowering the loss; one chart is drawn a frame. */
export function TrainSmallCharts({ series: latest, smoothing, view }: TrainSmallChartsProps) {
  const series = useThrottled(latest, DRAW_EVERY_MS);
  const charts = useMemo(() => smallCharts(series, smoothing), [series, smoothing]);
  return (
    <div className="small-charts">
      {charts.map(({ chart, explanation }, index) => (
        <SmallChart key={chart.title} chart={chart} explanation={explanation} view={view} turn={index + 1} />
      ))}
    </div>
  );
}
