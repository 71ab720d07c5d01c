import type { Chart } from './chart.ts';
import type { Drawing } from './drawChart.ts';
import { scalesOf } from './lineShape.ts';
import { readAt } from './readings.ts';

interface ChartCursorProps {
  readonly chart: Chart;
  readonly drawing: Drawing;
  readonly step: number;
}

/** The step that is read: a line through the plot, and a dot on every line. */
export function ChartCursor({ chart, drawing, step }: ChartCursorProps) {
  const { plot, steps, values } = drawing;
  const { x, y } = scalesOf(plot, steps, values);
  const dots = readAt(chart, step)
    .map(({ line, step: own, value, average }) => ({ kind: line.kind, name: line.name, own, height: average ?? value }))
    .filter(
      ({ own, height }) => own >= steps.low && own <= steps.high && height >= values.low && height <= values.high,
    );
  return (
    <g className="plot chart-cursor">
      <line x1={x(step)} x2={x(step)} y1={plot.y} y2={plot.y + plot.height} />
      {dots.map(({ kind, name, own, height }) => (
        <circle key={name} className={`plot-dot plot-${kind}`} cx={x(own)} cy={y(height)} r={3.5} />
      ))}
    </g>
  );
}
