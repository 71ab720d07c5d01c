import { Line, LineChart, ReferenceLine, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import type { RangePoint } from '../../core/rangeTest.ts';
import './charts.css';

interface RangeChartProps {
  readonly points: readonly RangePoint[];
  /** Drawn as a line upwards; null: not known yet. */
  readonly suggested: number | null;
}

const TICKS = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];

/** The loss over the learning rate, which grows along a logarithmic axis. */
export function RangeChart({ points, suggested }: RangeChartProps) {
  return (
    <section className="chart chart-range" aria-label="Loss over the learning rate">
      <ResponsiveContainer width="100%" height="100%" debounce={100}>
        <LineChart data={[...points]} margin={{ top: 8, right: 12, bottom: 4, left: 0 }}>
          <XAxis
            dataKey="learningRate"
            type="number"
            scale="log"
            domain={[1e-5, 1]}
            ticks={TICKS}
            tickFormatter={(rate: number) => String(rate)}
            tickLine={false}
            axisLine={{ stroke: 'var(--hairline-strong)' }}
            tick={{ fill: 'var(--ink-faint)', fontSize: 12 }}
            interval={0}
          />
          <YAxis
            type="number"
            domain={['auto', 'auto']}
            tickFormatter={(loss: number) => loss.toFixed(1)}
            tickLine={false}
            axisLine={false}
            tick={{ fill: 'var(--ink-faint)', fontSize: 12 }}
            width={34}
          />
          {suggested !== null && <ReferenceLine x={suggested} stroke="var(--accent)" strokeDasharray="4 3" />}
          <Line dataKey="loss" stroke="var(--data-train)" strokeOpacity={0.28} strokeWidth={1} {...QUIET} />
          <Line dataKey="smooth" stroke="var(--data-train)" strokeWidth={2.25} {...QUIET} />
        </LineChart>
      </ResponsiveContainer>
    </section>
  );
}

const QUIET = { type: 'linear', dot: false, activeDot: false, isAnimationActive: false } as const;
