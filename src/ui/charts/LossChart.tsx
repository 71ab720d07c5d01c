import { memo, useMemo } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatCount } from '../../store/format.ts';
import './charts.css';
import { EndLabels } from './EndLabels.tsx';
import { LossTooltip } from './LossTooltip.tsx';
import { type LossSeries, type LossView, linearTicks, logTicks, lossDomain, lossRows, withOthers } from './lossRows.ts';

/** A height that is named at its right end, such as the loss of a random guess. */
export interface ReferenceHeight {
  readonly name: string;
  readonly loss: number;
}

/** The held-out loss of another run, drawn beside this one's. */
export interface OtherRun {
  readonly name: string;
  readonly steps: ArrayLike<number>;
  readonly losses: ArrayLike<number>;
}

interface LossChartProps {
  readonly series: LossSeries;
  readonly view: LossView;
  /** Steps of the whole run: the axis shows all of them from the start. */
  readonly totalSteps: number;
  /** Drawn as dotted lines; the first one is the random guess. */
  readonly references: readonly ReferenceHeight[];
  readonly others: readonly OtherRun[];
  readonly label: string;
}

const MARGIN = { top: 12, right: 104, bottom: 4, left: 0 };

/**
 * The loss of a run: every reading faint, its average bold, the held-out loss on top, lines named at their right ends.
 * Give it a new `series` object when there is something new to draw; it draws nothing anew otherwise.
 */
export const LossChart = memo(function LossChart({
  series,
  view,
  totalSteps,
  references,
  others,
  label,
}: LossChartProps) {
  const own = useMemo(() => lossRows(series, view), [series, view]);
  const rows = useMemo(() => withOthers(own, others, view), [own, others, view]);
  // Without a row there would be no axes either.
  const drawn = rows.length === 0 ? [{ step: 0 }, { step: totalSteps }] : rows;
  const [lowest, highest] = lossDomain(
    rows,
    references.map(({ loss }) => loss),
    view.logY,
  );
  const last = rows.findLast(({ smooth }) => smooth !== undefined);
  const lastHeldOut = rows.findLast(({ heldOut }) => heldOut !== undefined);
  const ends = [
    ...references.map(({ name, loss }) => ({ name, loss, kind: 'reference' })),
    ...(last?.smooth === undefined ? [] : [{ name: 'training', loss: last.smooth, kind: 'train' }]),
    ...others.map(({ name, losses }) => ({ name, loss: losses[losses.length - 1] ?? 0, kind: 'other' })),
    ...(lastHeldOut?.heldOut === undefined ? [] : [{ name: 'held out', loss: lastHeldOut.heldOut, kind: 'heldOut' }]),
  ];
  return (
    <section className="chart chart-loss" aria-label={label}>
      <ResponsiveContainer width="100%" height="100%" debounce={100}>
        <LineChart data={drawn} margin={MARGIN}>
          <CartesianGrid vertical={false} stroke="var(--hairline)" />
          <XAxis
            dataKey="step"
            type="number"
            scale={view.logX ? 'log' : 'linear'}
            domain={[view.logX ? 1 : 0, totalSteps]}
            ticks={view.logX ? logTicks(1, totalSteps) : linearTicks(0, totalSteps, 7)}
            tickFormatter={formatCount}
            allowDataOverflow
            tickLine={false}
            axisLine={{ stroke: 'var(--hairline-strong)' }}
            tick={{ fill: 'var(--ink-faint)', fontSize: 12 }}
            // The ticks are chosen to fit: no need to measure them in the page, which costs more than the lines.
            interval={0}
            height={24}
          />
          <YAxis
            type="number"
            scale={view.logY ? 'log' : 'linear'}
            domain={[lowest, highest]}
            allowDataOverflow
            ticks={view.logY ? logTicks(lowest, highest) : linearTicks(lowest, highest, 7)}
            tickLine={false}
            axisLine={false}
            tick={{ fill: 'var(--ink-faint)', fontSize: 12 }}
            interval={0}
            width={34}
          />
          {references.map(({ name, loss }) => (
            <ReferenceLine key={name} y={loss} stroke="var(--data-reference)" strokeDasharray="2 4" />
          ))}
          <Line dataKey="raw" stroke="var(--data-train)" strokeOpacity={0.28} strokeWidth={1} {...QUIET} />
          <Line dataKey="smooth" stroke="var(--data-train)" strokeWidth={2.25} {...QUIET} />
          <Line
            dataKey="heldOut"
            stroke="var(--data-held-out)"
            strokeWidth={1.5}
            {...QUIET}
            dot={{ r: 3, fill: 'var(--data-held-out)', stroke: 'var(--paper)', strokeWidth: 1 }}
          />
          {others.map(({ name }, index) => (
            <Line
              key={name}
              dataKey={`other${index}`}
              stroke="var(--data-other)"
              strokeWidth={1.25}
              strokeDasharray={OTHER_DASHES[index % OTHER_DASHES.length] ?? '1 0'}
              {...QUIET}
            />
          ))}
          <EndLabels ends={ends} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--hairline-strong)' }}
            content={({ active, label: step }) =>
              active && typeof step === 'number' ? (
                <LossTooltip series={series} smoothing={view.smoothing} step={step} references={references} />
              ) : null
            }
          />
        </LineChart>
      </ResponsiveContainer>
    </section>
  );
});

/** Other runs share a colour; their dashes and their names at the right end tell them apart. */
const OTHER_DASHES = ['1 0', '6 3', '2 2', '8 3 2 3'] as const;

/** A line that does not move by itself, has no dots and goes through gaps. */
const QUIET = { type: 'linear', dot: false, activeDot: false, connectNulls: true, isAnimationActive: false } as const;
