import { Button, Stack } from '@mantine/core';
import { useMemo } from 'react';
import { ChartFigure } from '../../charts/ChartFigure.tsx';
import { BARE_CHART, type Chart } from '../../charts/chart.ts';
import { chartTable } from '../../charts/chartTable.ts';
import { useChartView } from '../../charts/useChartView.ts';
import { type RangePoint, type RangeTest, TRIAL_STEPS } from '../../core/rangeTest.ts';
import { DisclosedTable } from '../../design/DataTable.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { significant } from '../../studio/page/format.ts';
import { selectBlocked, selectBusy } from '../../studio/page/selectors.ts';
import { currentEngine, useActions, useStudio } from '../../studio/page/useStudio.ts';

const SMALLEST_RATE = 1e-5;
const LARGEST_RATE = 1;

/** The learning-rate range test: a button, a chart, and a rate to take over. */
export function TrainRange() {
  const { done, points, result } = useStudio((state) => state.range);
  const blocked = useStudio((state) => selectBlocked(state, 'train') ?? selectBusy(state));
  const chosen = useStudio((state) => state.config.training.learningRate);
  const { testRange, configure } = useActions();
  return (
    <Stack gap={16}>
      <p className="soft small">
        Up to 120 steps on a throwaway model, at rates from 0.00001 to 1. Where the loss turns upwards, the rate is too
        high. Three lower rates are then tried for {TRIAL_STEPS} steps each.
      </p>
      {done === null ? (
        <Button style={{ alignSelf: 'start' }} disabled={blocked !== null} onClick={() => void testRange()}>
          Test learning rates
        </Button>
      ) : (
        <ProgressLine
          label="Testing learning rates"
          done={done}
          onCancel={() => currentEngine().cancel('train.range')}
        />
      )}
      {points.length > 1 && <RangeChart points={points} suggested={result?.suggested ?? null} />}
      {result !== null && (
        <p role="status">
          {recommendation(result)}{' '}
          {result.suggested !== null && result.suggested !== chosen && (
            <Button size="xs" onClick={() => configure('training', { learningRate: result.suggested ?? chosen })}>
              Use {result.suggested}
            </Button>
          )}
        </p>
      )}
    </Stack>
  );
}

function recommendation({ turn, trials, suggested }: RangeTest): string {
  if (turn === null)
    return 'The loss does not rise at any of these rates, so the curve does not allow a recommendation.';
  const tried = trials.map(({ learningRate, last }) => `${learningRate}: ${last.toFixed(2)}`).join(', ');
  const found = `The loss starts to rise at a rate of ${significant(turn, 2)}. Losses after ${TRIAL_STEPS} steps at lower rates, in nats: ${tried}.`;
  return suggested === null
    ? `${found} None of them lowered the loss, so none is recommended.`
    : `${found} Recommended: ${suggested}.`;
}

interface RangeChartProps {
  readonly points: readonly RangePoint[];
  /** Noted at its place; null: not known yet. */
  readonly suggested: number | null;
}

/** The loss over the learning rate, which grows along a logarithmic axis. */
function RangeChart({ points, suggested }: RangeChartProps) {
  const view = useChartView(LARGEST_RATE, true, SMALLEST_RATE);
  const chart = useMemo(() => rangeChart(points, suggested), [points, suggested]);
  return (
    <div>
      <ChartFigure chart={chart} view={view} height={220} />
      <DisclosedTable summary="The curve as a table" content={() => chartTable([chart])} />
    </div>
  );
}

function rangeChart(points: readonly RangePoint[], suggested: number | null): Chart {
  return {
    ...BARE_CHART,
    title: 'Loss against learning rate',
    lines: [
      {
        name: 'loss',
        kind: 'train',
        steps: points.map(({ learningRate }) => learningRate),
        values: points.map(({ loss }) => loss),
        average: points.map(({ smooth }) => smooth),
      },
    ],
    notes: suggested === null ? [] : [{ step: suggested, words: `recommended: ${suggested}` }],
    format: (loss) => loss.toFixed(2),
    formatTick: (loss) => loss.toFixed(1),
    formatStep: (rate) => String(Number(rate.toPrecision(2))),
    stepName: 'learning rate',
    from: 'values',
  };
}
