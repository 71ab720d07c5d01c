import { formatShare, significant } from '../../store/format.ts';
import { SmallChart } from '../charts/SmallChart.tsx';
import { useStages } from '../charts/useStages.ts';
import { useThrottled } from '../charts/useThrottled.ts';
import type { RunSeries } from './trainSeries.ts';

/** Drawn anew at most this often, and never in the task that draws the loss. */
const DRAW_EVERY_MS = 1700;

const formatRate = (value: number): string => {
  if (value === 0) return '0';
  return value < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
};
const formatNorm = (value: number): string => significant(value, 2);
const formatAccuracy = (value: number): string => formatShare(value, 0);

interface TrainSmallChartsProps {
  readonly series: RunSeries;
  readonly totalSteps: number;
}

/** What a run does besides lowering the loss; the charts appear one after the other. */
export function TrainSmallCharts({ series: latest, totalSteps }: TrainSmallChartsProps) {
  const series = useThrottled(latest, DRAW_EVERY_MS);
  const shown = useStages(3);
  const { steps } = series;
  return (
    <div className="small-charts">
      <SmallChart
        title="Learning rate"
        explanation="How far a step goes: up over the warm-up, then down."
        steps={steps}
        values={series.learningRates}
        totalSteps={totalSteps}
        format={formatRate}
        colour="reference"
        drawn={shown > 0}
      />
      <SmallChart
        title="Gradient norm"
        explanation="How steep the loss is, before clipping. A sudden rise warns of a jump."
        steps={steps}
        values={series.gradientNorms}
        totalSteps={totalSteps}
        format={formatNorm}
        colour="other"
        drawn={shown > 1}
      />
      <SmallChart
        title="Masked accuracy in training"
        explanation="Share of the chosen tokens that the model guesses right, on the text it trains on."
        steps={steps}
        values={series.accuracies}
        totalSteps={totalSteps}
        format={formatAccuracy}
        colour="train"
        drawn={shown > 2}
      />
    </div>
  );
}
