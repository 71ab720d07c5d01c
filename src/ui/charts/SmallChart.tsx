import { memo, useMemo } from 'react';
import { Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatCount } from '../../store/format.ts';
import './charts.css';
import { thinnedIndices } from './thinning.ts';

interface SmallChartProps {
  readonly title: string;
  /** One sentence on what it tells. */
  readonly explanation: string;
  readonly steps: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly totalSteps: number;
  readonly format: (value: number) => string;
  /** A name of the palette: the variable `--data-<colour>`. */
  readonly colour: string;
  /** false: only its place is kept. */
  readonly drawn: boolean;
}

/** Most points that a small chart draws. */
const DRAWN_POINTS = 160;

/** One series over the run, small: its latest value stands in its title. New arrays are drawn, the same ones are not. */
export const SmallChart = memo(function SmallChart(props: SmallChartProps) {
  const { title, explanation, steps, values, totalSteps, format, colour, drawn } = props;
  const rows = useMemo(
    () =>
      thinnedIndices(steps, values, DRAWN_POINTS).map((index) => ({
        step: steps[index] ?? 0,
        value: values[index] ?? 0,
      })),
    [steps, values],
  );
  const latest = values.length === 0 ? null : (values[values.length - 1] ?? null);
  return (
    <figure className="chart-small">
      <figcaption title={explanation}>
        {title} <strong>{latest === null ? '–' : format(latest)}</strong>
      </figcaption>
      <section className="chart" aria-label={`${title} over the steps`}>
        {drawn && (
          <ResponsiveContainer width="100%" height="100%" debounce={100}>
            <LineChart data={rows} margin={{ top: 6, right: 4, bottom: 8, left: 0 }}>
              <XAxis dataKey="step" type="number" domain={[0, totalSteps]} hide />
              <YAxis
                type="number"
                domain={[0, 'auto']}
                tickFormatter={format}
                tickCount={3}
                interval={0}
                tickLine={false}
                axisLine={false}
                tick={{ fill: 'var(--ink-faint)', fontSize: 11 }}
                width={46}
              />
              <Line
                dataKey="value"
                type="linear"
                stroke={`var(--data-${colour})`}
                strokeWidth={1.25}
                dot={false}
                activeDot={false}
                isAnimationActive={false}
              />
              <Tooltip
                isAnimationActive={false}
                cursor={{ stroke: 'var(--hairline-strong)' }}
                content={({ active, label: step, payload }) => {
                  const value: unknown = payload[0]?.value;
                  if (!active || typeof step !== 'number' || typeof value !== 'number') return null;
                  return (
                    <dl className="chart-tooltip">
                      <dt>step {formatCount(step)}</dt>
                      <dd>{format(value)}</dd>
                    </dl>
                  );
                }}
              />
            </LineChart>
          </ResponsiveContainer>
        )}
      </section>
    </figure>
  );
});
