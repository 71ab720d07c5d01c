import { memo, type ReactElement, type ReactNode, useMemo } from 'react';
import { CartesianGrid, getNiceTickValues, Line, LineChart, ReferenceDot, ReferenceLine, XAxis, YAxis } from 'recharts';
import { ChartMarks } from './ChartMarks.tsx';
import { type Chart, type ChartLine, COLOURS, type ReferenceHeight } from './chart.ts';
import { type ChartLayout, plotSize } from './chartLayout.ts';
import { chartWords } from './readings.ts';
import { keyOf } from './rows.ts';
import { useSame } from './useTurn.ts';
import type { Axis } from './zoom.ts';

interface DrawnChartProps {
  readonly chart: Chart;
  readonly layout: ChartLayout;
  /** Charts with the same name read the same step. */
  readonly syncId?: string;
  /** What only the page has: the step that is read, and a selection. */
  readonly children?: ReactNode;
}

/** One line of text: recharts' own breaks and measures words, which takes a sixth of a redraw. */
function tickOf(format: (value: number) => string, anchor: 'middle' | 'end') {
  return ({ x, y, payload }: { x: number | string; y: number | string; payload: { value: number } }): ReactElement => (
    <text x={x} y={y} dy={anchor === 'middle' ? '0.71em' : '0.355em'} textAnchor={anchor} fill="var(--ink-faint)">
      {format(payload.value)}
    </text>
  );
}

/**
 * A chart, drawn by recharts. Each part is made anew only where what it depends on has changed: recharts goes through all
 * that hangs on its store once for every part that is, and new rows alone leave it at one time.
 */
export const DrawnChart = memo(function DrawnChart({ chart, layout, syncId, children }: DrawnChartProps) {
  const { rows, steps, heights, size } = layout;
  const { left, right, top, bottom } = layout.margins;
  const plot = plotSize(layout);
  const toldKey = keyOf(toldLine(chart), 'value');
  const margin = useMemo(() => ({ top, right, bottom: 0, left: 0 }), [top, right]);
  const stepAxis = useMemo(
    () => (
      <XAxis
        type="number"
        dataKey="step"
        scale={steps.log ? 'log' : 'linear'}
        domain={[steps.low, steps.high]}
        allowDataOverflow
        height={bottom}
        ticks={stepTicks(steps, plot.width)}
        interval={0}
        tick={tickOf(chart.formatStep, 'middle')}
        tickSize={4}
        tickMargin={8}
        axisLine={AXIS}
        tickLine={AXIS}
      />
    ),
    [steps, bottom, plot.width, chart.formatStep],
  );
  const valueAxis = useMemo(
    () => (
      <YAxis
        type="number"
        scale={chart.logY ? 'log' : 'linear'}
        domain={[heights.low, heights.high]}
        allowDataOverflow
        width={left}
        niceTicks="none"
        tickCount={Math.max(3, Math.floor(plot.height / 60))}
        interval={0}
        tick={tickOf(chart.formatTick, 'end')}
        tickMargin={4}
        axisLine={false}
        tickLine={false}
      />
    ),
    [heights.low, heights.high, chart.logY, left, plot.height, chart.formatTick],
  );
  const references = useSame(chart.heights);
  const referenceLines = useMemo(() => references.map(referenceLine), [references]);
  const looks = useSame(chart.lines.map(lookOf));
  const lines = useMemo(() => looks.flatMap(drawnLine), [looks]);
  const best = rows.find((row) => row.step === chart.best && toldKey in row);
  return (
    <LineChart
      width={size.width}
      height={size.height}
      data={rows}
      margin={margin}
      accessibilityLayer={syncId !== undefined}
      {...(syncId !== undefined && { syncId, syncMethod: nearestTick })}
      role={syncId === undefined ? 'img' : 'application'}
      aria-label={syncId === undefined ? chartWords(chart) : `${chart.title}; use the arrow keys to read the values`}
      desc={chartWords(chart)}
    >
      {GRID}
      {stepAxis}
      {valueAxis}
      {referenceLines}
      {lines}
      {best !== undefined && best.step >= steps.low && best.step <= steps.high && (
        <ReferenceDot
          x={best.step}
          y={best[toldKey] ?? 0}
          r={6}
          fill="none"
          stroke={COLOURS.heldOut}
          strokeWidth={1.25}
          ifOverflow="visible"
        />
      )}
      <ChartMarks chart={chart} layout={layout} toldKey={toldKey} />
      {children}
    </LineChart>
  );
});

const GRID = <CartesianGrid vertical={false} syncWithTicks stroke="var(--hairline)" />;
const AXIS = { stroke: 'var(--hairline-strong)' };

function referenceLine({ name, value }: ReferenceHeight): ReactNode {
  return <ReferenceLine key={name} y={value} stroke={COLOURS.reference} strokeDasharray="2 4" ifOverflow="hidden" />;
}

/** The line that a note or the best step tells of: the held-out loss where it is measured, else the first one. */
function toldLine({ lines }: Chart): number {
  return Math.max(
    0,
    lines.findIndex(({ kind, steps }) => kind === 'heldOut' && steps.length > 0),
  );
}

/** How a line is drawn, without its readings. */
function lookOf({ name, kind, average, dash }: ChartLine) {
  return { name, kind, smoothed: average !== undefined, dash };
}

/** Its values; with a moving average faint, and the average bold over them. */
function drawnLine({ name, kind, smoothed, dash }: ReturnType<typeof lookOf>, index: number): ReactNode[] {
  const stroke = COLOURS[kind];
  const usual = {
    type: 'linear',
    stroke,
    connectNulls: true,
    isAnimationActive: false,
    dot: false,
    ...(dash !== undefined && { strokeDasharray: dash }),
  } as const;
  const activeDot = { r: 3.5, fill: stroke, stroke: 'var(--paper)', strokeWidth: 1 };
  const [value, average] = [keyOf(index, 'value'), keyOf(index, 'average')];
  if (!smoothed) return [<Line key={name} {...usual} dataKey={value} strokeWidth={1.5} activeDot={activeDot} />];
  return [
    <Line key={name} {...usual} dataKey={value} strokeWidth={1} strokeOpacity={0.28} activeDot={false} />,
    <Line
      key={`${name}, smoothed`}
      {...usual}
      dataKey={average}
      className="chart-average"
      strokeWidth={2.25}
      activeDot={activeDot}
    />,
  ];
}

/** Round steps along the axis; over several powers of ten 1, 2 and 5 times each, or the powers alone where room is short. */
function stepTicks({ low, high, log }: Axis, width: number): number[] {
  const powers = Math.log10(high / low);
  const inSight = (step: number): boolean => step >= low * (1 - 1e-9) && step <= high * (1 + 1e-9);
  if (!log || powers < 1)
    return getNiceTickValues([low, high], Math.max(4, Math.floor(width / 70) + 1), log, 'snap125').filter(inSight);
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
  const distances = ticks.map(({ value }) => Math.abs(Number(value) - Number(activeLabel)));
  return Math.max(0, distances.indexOf(Math.min(...distances)));
}
