import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import { type Chart, COLOURS } from './chart.ts';
import { type ChartLayout, NOTE_ROW } from './chartLayout.ts';
import { keyOf } from './rows.ts';
import { spreadLabels } from './spreadLabels.ts';

interface ChartMarksProps {
  readonly chart: Chart;
  readonly layout: ChartLayout;
  /** Key of the values that notes point at. */
  readonly toldKey: string;
}

const LABEL_HEIGHT = 15;

/**
 * What recharts has nothing for: notes in the margin, names at the right ends of lines, and where the run was saved. And the
 * dots of a line with few readings: recharts' own look at every row of the chart, for each redraw.
 */
export function ChartMarks({ chart, layout, toldKey }: ChartMarksProps) {
  const plot = usePlotArea();
  const [xOf, yOf] = [useXAxisScale(), useYAxisScale()];
  if (plot === undefined || xOf === undefined || yOf === undefined) return null;
  const { rows, steps, notes } = layout;
  const [right, bottom] = [plot.x + plot.width, plot.y + plot.height];
  const saved = chart.saved.filter((step) => step >= steps.low && step <= steps.high);
  const ends = chart.named ? lineEnds(chart, layout) : [];
  const heights = spreadLabels(
    ends.map(({ value }) => yOf(value) ?? 0),
    LABEL_HEIGHT,
    plot.y,
    bottom - 6,
  );
  return (
    <g className="chart-marks">
      {notes.map(({ step, row, side, text, words }) => {
        const x = xOf(step) ?? 0;
        const y = plot.y - NOTE_ROW * (row + 0.5);
        const told = rows.find((candidate) => candidate.step >= step && toldKey in candidate)?.[toldKey];
        const foot = told === undefined ? bottom : (yOf(told) ?? bottom) - 7;
        return (
          <g key={words} className="chart-note">
            <line x1={x} x2={x} y1={y - 6} y2={Math.max(foot, plot.y)} />
            <text x={x + (side === 'right' ? 6 : -6)} y={y} dy="0.34em" textAnchor={side === 'right' ? 'start' : 'end'}>
              {text}
            </text>
          </g>
        );
      })}
      {chart.lines.map(
        ({ name, kind, dots }, index) =>
          dots === true && (
            <g key={name} fill={COLOURS[kind]} stroke="var(--paper)">
              {rows.map(({ step, [keyOf(index, 'value')]: value }) =>
                value === undefined || step < steps.low || step > steps.high ? null : (
                  <circle key={`${step} ${value}`} cx={xOf(step)} cy={yOf(value)} r={2.75} />
                ),
              )}
            </g>
          ),
      )}
      {saved.map((step) => (
        <line
          key={step}
          stroke={COLOURS.predicted}
          strokeWidth={1.5}
          x1={xOf(step)}
          x2={xOf(step)}
          y1={bottom}
          y2={bottom + 6}
        />
      ))}
      {saved.length > 0 && chart.named && (
        <text className="chart-end" fill={COLOURS.predicted} x={right + 8} y={bottom + 5} dy="0.34em">
          saved
        </text>
      )}
      {ends.map(({ key, name, value, kind, untold }, index) => (
        <text key={key} className="chart-end" fill={COLOURS[kind]} x={right + 8} y={heights[index]} dy="0.34em">
          {name} {untold !== true && <tspan>{chart.format(value)}</tspan>}
        </text>
      ))}
    </g>
  );
}

/** Reference lines and lines, each with its last value in sight. */
function lineEnds(chart: Chart, { rows, steps, heights }: ChartLayout) {
  const references = chart.heights.map(({ name, value }) => ({
    key: name,
    name,
    value,
    kind: 'reference' as const,
    untold: false,
  }));
  const lines = chart.lines.flatMap(({ name, kind, average, untold }, index) => {
    const key = keyOf(index, average === undefined ? 'value' : 'average');
    const last = rows.findLast((row) => row.step <= steps.high && key in row)?.[key];
    return last === undefined ? [] : [{ key, name, value: last, kind, untold }];
  });
  return [...references, ...lines].filter(({ value }) => value >= heights.low && value <= heights.high);
}
