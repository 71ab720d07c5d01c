import { useMemo } from 'react';
import type { RangePoint } from '../core/rangeTest.ts';
import { Disclosure } from '../design/Disclosure.tsx';
import { ChartFigure } from './ChartFigure.tsx';
import { ChartTable } from './ChartTable.tsx';
import type { Chart } from './chart.ts';
import { useChartView } from './useChartView.ts';

interface RangeChartProps {
  readonly points: readonly RangePoint[];
  /** Noted at its place; null: not known yet. */
  readonly suggested: number | null;
}

const SMALLEST_RATE = 1e-5;
const LARGEST_RATE = 1;

/** The loss over the learning rate, which grows along a logarithmic axis. */
export function RangeChart({ points, suggested }: RangeChartProps) {
  const view = useChartView(LARGEST_RATE, true, SMALLEST_RATE);
  const chart = useMemo(() => rangeChart(points, suggested), [points, suggested]);
  return (
    <>
      <ChartFigure chart={chart} view={view} size="range" />
      <Disclosure summary="The curve as a table">
        <ChartTable charts={[chart]} label="Loss over the learning rate, as a table" />
      </Disclosure>
    </>
  );
}

function rangeChart(points: readonly RangePoint[], suggested: number | null): Chart {
  return {
    title: 'Loss over the learning rate',
    lines: [
      {
        name: 'loss',
        kind: 'train',
        steps: points.map(({ learningRate }) => learningRate),
        values: points.map(({ loss }) => loss),
        average: points.map(({ smooth }) => smooth),
      },
    ],
    heights: [],
    notes: suggested === null ? [] : [{ step: suggested, words: `a good one: ${suggested}` }],
    saved: [],
    best: null,
    format: (loss) => loss.toFixed(2),
    formatTick: (loss) => loss.toFixed(1),
    formatStep: (rate) => String(Number(rate.toPrecision(2))),
    stepName: 'learning rate',
    from: 'values',
    logY: false,
    named: false,
  };
}
