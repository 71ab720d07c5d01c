import { Button, Checkbox } from '@mantine/core';
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { formatCount, formatShare, significant } from '../../store/format.ts';
import type { MetricsLog } from '../../store/metricsLog.ts';
import { LossChart } from '../charts/LossChart.tsx';
import type { LossSeries } from '../charts/lossRows.ts';
import { SmallChart } from '../charts/SmallChart.tsx';
import { downloadBlob } from './exportDownload.ts';
import { logCsv } from './trainCsv.ts';

interface TrainChartsProps {
  readonly log: MetricsLog;
  /** Another one when the log has grown. */
  readonly version: number;
  readonly totalSteps: number;
  readonly vocabSize: number;
  /** Name of the run, for the file. */
  readonly name: string;
  /** What stands between the loss and the small charts. */
  readonly children: ReactNode;
}

/** The loss, large and quiet, and how it is looked at; under it what the run does besides, small. */
export function TrainCharts({ log, version, totalSteps, vocabSize, name, children }: TrainChartsProps) {
  const [smoothing, setSmoothing] = useState(0.9);
  const [logX, setLogX] = useState(false);
  const [logY, setLogY] = useState(false);
  const series = useMemo(() => readSeries(log, version), [log, version]);
  const view = useMemo(() => ({ smoothing, logX, logY }), [smoothing, logX, logY]);
  const random = useMemo(() => ({ name: 'random', loss: Math.log(vocabSize) }), [vocabSize]);
  // Drawn after the loss, in a task of their own.
  const later = useDeferredValue(series);
  return (
    <>
      <div className="train-charts">
        <p className="chart-caption">
          Loss in nats over {formatCount(totalSteps)} steps. A random guess among {formatCount(vocabSize)} tokens has{' '}
          {random.loss.toFixed(2)}.
        </p>
        <LossChart series={series} view={view} totalSteps={totalSteps} random={random} label="Loss over the steps" />
        <div className="chart-controls">
          <label className="chart-smoothing">
            Smoothing
            <input
              type="range"
              min={0}
              max={0.99}
              step={0.01}
              value={smoothing}
              onChange={(event) => setSmoothing(Number(event.currentTarget.value))}
            />
            <output>{smoothing.toFixed(2)}</output>
          </label>
          <Checkbox size="xs" label="Logarithmic steps" checked={logX} onChange={() => setLogX(!logX)} />
          <Checkbox size="xs" label="Logarithmic loss" checked={logY} onChange={() => setLogY(!logY)} />
          <Button
            variant="default"
            size="xs"
            onClick={() => downloadBlob(new Blob([logCsv(log)], { type: 'text/csv' }), `${name}.csv`)}
          >
            Download CSV
          </Button>
        </div>
      </div>
      {children}
      <SmallCharts series={later} totalSteps={totalSteps} />
    </>
  );
}

interface RunSeries extends LossSeries {
  readonly version: number;
  readonly learningRates: Float64Array;
  readonly gradientNorms: Float64Array;
  readonly accuracies: Float64Array;
}

/** Views of the log as it is at a version. */
function readSeries({ train, heldOut }: MetricsLog, version: number): RunSeries {
  return {
    version,
    steps: train.column('step'),
    losses: train.column('loss'),
    learningRates: train.column('learningRate'),
    gradientNorms: train.column('gradientNorm'),
    accuracies: train.column('maskedAccuracy'),
    heldOutSteps: heldOut.column('step'),
    heldOutLosses: heldOut.column('loss'),
  };
}

const formatRate = (value: number): string => {
  if (value === 0) return '0';
  return value < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
};
const formatNorm = (value: number): string => significant(value, 2);
const formatAccuracy = (value: number): string => formatShare(value, 0);

function SmallCharts({ series, totalSteps }: { readonly series: RunSeries; readonly totalSteps: number }) {
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
      />
      <SmallChart
        title="Gradient norm"
        explanation="How steep the loss is, before clipping. A sudden rise warns of a jump."
        steps={steps}
        values={series.gradientNorms}
        totalSteps={totalSteps}
        format={formatNorm}
        colour="other"
      />
      <SmallChart
        title="Masked accuracy in training"
        explanation="Share of the chosen tokens that the model guesses right, on the text it trains on."
        steps={steps}
        values={series.accuracies}
        totalSteps={totalSteps}
        format={formatAccuracy}
        colour="train"
      />
    </div>
  );
}
