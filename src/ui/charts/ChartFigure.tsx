import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import { placeOn } from './axis.ts';
import { ChartCursor } from './ChartCursor.tsx';
import { ChartTooltip } from './ChartTooltip.tsx';
import type { Chart } from './chart.ts';
import { drawChart } from './drawChart.ts';
import { Plot } from './Plot.tsx';
import { chartWords, readingWords } from './readings.ts';
import { useChartGestures } from './useChartGestures.ts';
import type { ChartView } from './useChartView.ts';
import './charts.css';

interface ChartFigureProps {
  readonly chart: Chart;
  readonly view: ChartView;
  /** Names the size: `chart-<size>` in `charts.css`. */
  readonly size: 'loss' | 'small' | 'range';
  /** What the step that is read says, beside it. Small charts say it in their titles. */
  readonly tooltip: boolean;
}

/** A chart that can be read, zoomed and moved by mouse, fingers and keys. */
export function ChartFigure({ chart, view, size, tooltip }: ChartFigureProps) {
  const { ref: frame, width, height } = useElementSize<HTMLElement>();
  const { steps, whole, cursor } = view;
  const drawing = useMemo(
    () => (width === 0 ? null : drawChart(chart, steps, whole, { width, height })),
    [chart, steps, whole, width, height],
  );
  const { ref: sensor, handlers, selection } = useChartGestures(chart, view);
  const inSight = cursor !== null && cursor >= steps.low && cursor <= steps.high;
  return (
    <>
      <section className={`chart chart-${size}`} aria-label={chart.title} ref={frame}>
        {drawing !== null && (
          <>
            <svg width={width} height={height} role="img" aria-label={chartWords(chart)}>
              {selection !== null && (
                <rect
                  className="chart-selection"
                  x={drawing.plot.x + drawing.plot.width * Math.min(selection.from, selection.to)}
                  y={drawing.plot.y}
                  width={drawing.plot.width * Math.abs(selection.to - selection.from)}
                  height={drawing.plot.height}
                />
              )}
              <Plot marks={drawing.marks} />
              {inSight && <ChartCursor chart={chart} drawing={drawing} step={cursor} />}
            </svg>
            <div
              ref={sensor}
              className="chart-sensor"
              style={{
                left: drawing.plot.x,
                top: drawing.plot.y,
                width: drawing.plot.width,
                height: drawing.plot.height,
              }}
              role="slider"
              tabIndex={0}
              aria-label={`${chart.title}, read by ${chart.stepName}`}
              aria-valuemin={whole.low}
              aria-valuemax={whole.high}
              aria-valuenow={cursor ?? whole.high}
              aria-valuetext={cursor === null ? `no ${chart.stepName} is read` : readingWords(chart, cursor)}
              {...handlers}
            />
            {tooltip && inSight && (
              <ChartTooltip
                chart={chart}
                step={cursor}
                x={drawing.plot.x + drawing.plot.width * placeOn(steps, cursor)}
                top={drawing.plot.y}
                width={width}
              />
            )}
          </>
        )}
      </section>
      {drawing !== null && drawing.numbered.length > 0 && (
        <ol className="chart-notes">
          {drawing.numbered.map(({ text, words, step }) => (
            <li key={text} value={Number(text)}>
              {words}{' '}
              <span className="tabular">
                ({chart.stepName} {chart.formatStep(step)})
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
