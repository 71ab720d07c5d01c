import { memo, type ReactNode, useMemo } from 'react';
import { CartesianGrid, getNiceTickValues, Line, LineChart, ReferenceDot, ReferenceLine, XAxis, YAxis } from 'recharts';
import { ChartMarks } from './ChartMarks.tsx';
import type { Chart, ChartLine, LineKind } from './chart.ts';
import { type ChartLayout, plotSize } from './chartLayout.ts';
import { chartWords } from './readings.ts';
import { keyOf } from './rows.ts';
import type { Axis } from './zoom.ts';

interface DrawnChartProps {
  readonly chart: Chart;
  readonly layout: ChartLayout;
  /** Charts with the same name read the same step. */
  readonly syncId?: string;
  /** What only the page has: the step that is read, and a selection. */
  readonly children?: ReactNode;
}

const COLOURS: Readonly<Record<LineKind, string>> = {
  train: 'var(--data-train)',
  heldOut: 'var(--data-held-out)',
  reference: 'var(--data-reference)',
  other: 'var(--data-other)',
  predicted: 'var(--data-predicted)',
};
const TICK = { fill: 'var(--ink-faint)', fontSize: 12 } as const;

/** A chart, drawn by recharts. */
export const DrawnChart = memo(function DrawnChart({ chart, layout, syncId, children }: DrawnChartProps) {
  const { rows, steps, heights, margins, size } = layout;
  const plot = plotSize(layout);
  const lines = useMemo(() => chart.lines.flatMap(drawnLine), [chart.lines]);
  const [toldIndex, told] = toldLine(chart);
  const best = rows.find(
    (row) =>
      row.step === chart.best && row.step >= steps.low && row.step <= steps.high && keyOf(toldIndex, 'value') in row,
  );
  return (
    <LineChart
      width={size.width}
      height={size.height}
      data={rows}
      margin={{ top: margins.top, right: margins.right, bottom: 0, left: 0 }}
      accessibilityLayer={syncId !== undefined}
      {...(syncId !== undefined && { syncId, syncMethod: nearestTick })}
      role={syncId === undefined ? 'img' : 'application'}
      aria-label={syncId === undefined ? chartWords(chart) : `${chart.title}, read by ${chart.stepName}`}
      desc={chartWords(chart)}
    >
      <CartesianGrid vertical={false} syncWithTicks stroke="var(--hairline)" />
      <XAxis
        type="number"
        dataKey="step"
        scale={steps.log ? 'log' : 'linear'}
        domain={[steps.low, steps.high]}
        allowDataOverflow
        height={margins.bottom}
        ticks={stepTicks(steps, plot.width)}
        interval={0}
        tick={TICK}
        tickSize={4}
        tickMargin={8}
        tickFormatter={chart.formatStep}
        axisLine={{ stroke: 'var(--hairline-strong)' }}
        tickLine={{ stroke: 'var(--hairline-strong)' }}
      />
      <YAxis
        type="number"
        scale={chart.logY ? 'log' : 'linear'}
        domain={[heights.low, heights.high]}
        allowDataOverflow
        width={margins.left}
        niceTicks="none"
        tickCount={Math.max(3, Math.floor(plot.height / 44))}
        interval={0}
        tick={TICK}
        tickMargin={4}
        tickFormatter={chart.formatTick}
        axisLine={false}
        tickLine={false}
      />
      {chart.heights.map(({ name, value }) => (
        <ReferenceLine
          key={name}
          y={value}
          stroke={COLOURS.reference}
          strokeDasharray="2 4"
          ifOverflow="hidden"
          className="chart-reference"
        />
      ))}
      {lines}
      {best !== undefined && told !== undefined && (
        <ReferenceDot
          x={best.step}
          y={best[keyOf(toldIndex, 'value')] ?? 0}
          r={6}
          fill="none"
          stroke={COLOURS[told.kind]}
          strokeWidth={1.25}
          ifOverflow="visible"
          className="chart-best"
        />
      )}
      <ChartMarks chart={chart} layout={layout} toldKey={keyOf(toldIndex, 'value')} />
      {children}
    </LineChart>
  );
});

/** The line that a note or the best step tells of: the held-out loss where it is measured, else the first one. */
function toldLine({ lines }: Chart): [number, ChartLine | undefined] {
  const heldOut = lines.findIndex(({ kind, steps }) => kind === 'heldOut' && steps.length > 0);
  const index = Math.max(0, heldOut);
  return [index, lines[index]];
}

/** Its values; with a moving average faint, and the average bold over them. */
function drawnLine({ kind, average, dots, dash, name }: ChartLine, index: number): ReactNode[] {
  const stroke = COLOURS[kind];
  const dot = { r: 2.75, fill: stroke, stroke: 'var(--paper)', strokeWidth: 1 };
  const usual = {
    type: 'linear',
    stroke,
    connectNulls: true,
    isAnimationActive: false,
    activeDot: { ...dot, r: 3.5 },
    ...(dash !== undefined && { strokeDasharray: dash }),
  } as const;
  const values = { ...usual, dataKey: keyOf(index, 'value'), dot: dots === true ? dot : false } as const;
  if (average === undefined) {
    return [<Line key={`${index} ${name}`} {...values} className={`chart-${kind}`} strokeWidth={1.5} />];
  }
  return [
    <Line
      key={`${index} ${name}`}
      {...values}
      className={`chart-${kind}`}
      strokeWidth={1}
      strokeOpacity={0.28}
      activeDot={false}
    />,
    <Line
      key={`${index} ${name}, smoothed`}
      {...usual}
      dataKey={keyOf(index, 'average')}
      className={`chart-${kind} chart-average`}
      dot={false}
      strokeWidth={2.25}
    />,
  ];
}

/** Round steps along the axis; over several powers of ten 1, 2 and 5 times each, or the powers alone where room is short. */
function stepTicks({ low, high, log }: Axis, width: number): number[] {
  const powers = Math.log10(high / low);
  const inSight = (step: number): boolean => step >= low * (1 - 1e-9) && step <= high * (1 + 1e-9);
  if (!log || powers < 1)
    return getNiceTickValues([low, high], Math.max(3, Math.floor(width / 80)), log, 'snap125').filter(inSight);
  const factors = width / powers > 130 ? [1, 2, 5] : [1];
  const first = Math.floor(Math.log10(low));
  return Array.from({ length: Math.ceil(powers) + 2 }, (_, index) => first + index)
    .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
    .filter(inSight);
}

/** The tick of another chart at the step that is read in this one: charts draw different points of one run. */
function nearestTick(
  ticks: readonly { readonly value: unknown }[],
  { activeLabel }: { readonly activeLabel?: string | number | undefined },
): number {
  const step = Number(activeLabel);
  let nearest = 0;
  for (const [index, { value }] of ticks.entries()) {
    if (Math.abs(Number(value) - step) < Math.abs(Number(ticks[nearest]?.value) - step)) nearest = index;
  }
  return nearest;
}
