import { Button } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import type { ReferenceLines } from '../../core/reference/referenceLines.ts';
import { formatCount } from '../../store/format.ts';
import type { MetricsLog } from '../../store/metricsLog.ts';
import { LossChart, type OtherRun } from '../charts/LossChart.tsx';
import { downloadBlob } from './exportDownload.ts';
import { TrainSmallCharts } from './TrainSmallCharts.tsx';
import { logCsv } from './trainCsv.ts';
import { readSeries } from './trainSeries.ts';

interface TrainChartsProps {
  readonly log: MetricsLog;
  /** Another one when the log has grown. */
  readonly version: number;
  readonly totalSteps: number;
  readonly vocabSize: number;
  /** null before they are known, and where nothing is held out. */
  readonly reference: ReferenceLines | null;
  /** Runs that are laid over this one. */
  readonly others: readonly OtherRun[];
  /** Name of the run, for the file; null before the first run, when the chart only shows where the loss will be drawn. */
  readonly name: string | null;
  /** What stands between the loss and the small charts. */
  readonly children: ReactNode;
}

/** The lines that a loss is read against. */
function referenceHeights(vocabSize: number, reference: ReferenceLines | null) {
  const random = { name: 'random', loss: Math.log(vocabSize) };
  if (reference === null) return [random];
  return [random, { name: 'unigram', loss: reference.unigram }, { name: 'neighbours', loss: reference.neighbours }];
}

/** The loss, large and quiet, and how it is looked at; under it what the run does besides, small. */
export function TrainCharts({
  log,
  version,
  totalSteps,
  vocabSize,
  reference,
  others,
  name,
  children,
}: TrainChartsProps) {
  const [smoothing, setSmoothing] = useState(0.9);
  const [logX, setLogX] = useState(false);
  const [logY, setLogY] = useState(false);
  const series = useMemo(() => readSeries(log, version), [log, version]);
  const view = useMemo(() => ({ smoothing, logX, logY }), [smoothing, logX, logY]);
  const references = useMemo(() => referenceHeights(vocabSize, reference), [vocabSize, reference]);
  return (
    <>
      <div className="train-charts">
        <p className="chart-caption">
          {name === null
            ? 'The loss will be drawn here, in nats.'
            : `Loss in nats over ${formatCount(totalSteps)} ${totalSteps === 1 ? 'step' : 'steps'}.`}{' '}
          A random guess among {formatCount(vocabSize)} tokens has {Math.log(vocabSize).toFixed(2)}
          {reference !== null &&
            `, word frequencies alone ${reference.unigram.toFixed(2)}, a table of neighbours ${reference.neighbours.toFixed(2)}, on the same hidden words`}
          .
        </p>
        <LossChart
          series={series}
          view={view}
          totalSteps={totalSteps}
          references={references}
          others={others}
          label="Loss over the steps"
        />
        {name !== null && (
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
            <label>
              <input type="checkbox" checked={logX} onChange={() => setLogX(!logX)} /> Logarithmic steps
            </label>
            <label>
              <input type="checkbox" checked={logY} onChange={() => setLogY(!logY)} /> Logarithmic loss
            </label>
            <Button
              variant="default"
              size="xs"
              onClick={() => downloadBlob(new Blob([logCsv(log)], { type: 'text/csv' }), `${name}.csv`)}
            >
              Download CSV
            </Button>
          </div>
        )}
      </div>
      {children}
      {name !== null && <TrainSmallCharts series={series} totalSteps={totalSteps} />}
    </>
  );
}
