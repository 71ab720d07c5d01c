import { type ReactNode, useMemo, useState } from 'react';
import { ChartFigure } from '../../charts/ChartFigure.tsx';
import { ChartTable } from '../../charts/ChartTable.tsx';
import { useChartView } from '../../charts/useChartView.ts';
import { Disclosure } from '../../design/Disclosure.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { type MetricsLog, readSeries } from '../../studio/page/metricsLog.ts';
import type { ReferenceLines } from '../../text/reference/referenceLines.ts';
import { lowestStep, milestones } from './heldOutCurve.ts';
import { TrainChartControls } from './TrainChartControls.tsx';
import { TrainSmallCharts } from './TrainSmallCharts.tsx';
import { lossChart, type OtherRun, referenceHeights, smallCharts, USUAL_SMOOTHING } from './trainChartData.ts';

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
  /** Steps at which the run was saved. */
  readonly savedSteps: readonly number[];
  /** Step of the weights that a run ended with, where that is not its last one; else null. */
  readonly keptStep: number | null;
  /** Name of the run; null before the first run, when the chart only shows where the loss will be drawn. */
  readonly name: string | null;
  /** What stands between the loss and the small charts. */
  readonly children?: ReactNode;
}

/** The loss, large and quiet, and how it is looked at; under it what the run does besides, small. One step is read in all. */
export function TrainCharts(props: TrainChartsProps) {
  const { log, version, totalSteps, vocabSize, reference, others, savedSteps, keptStep, name, children } = props;
  const [smoothing, setSmoothing] = useState(USUAL_SMOOTHING);
  const [logX, setLogX] = useState(false);
  const [logY, setLogY] = useState(false);
  const [tableOpen, setTableOpen] = useState(false);
  const view = useChartView(totalSteps, logX);
  const series = useMemo(() => {
    // Version says when the log has grown.
    void version;
    return readSeries(log);
  }, [log, version]);
  const chart = useMemo(() => {
    void version;
    return lossChart({
      series,
      smoothing,
      references: referenceHeights(vocabSize, reference),
      others,
      notes: milestones(log, reference, keptStep),
      saved: savedSteps,
      best: lowestStep(log),
      logY,
    });
  }, [series, smoothing, vocabSize, reference, others, log, version, savedSteps, keptStep, logY]);
  return (
    <>
      <div className="train-charts">
        <Caption {...props} />
        <ChartFigure chart={chart} view={view} size="loss" />
        {name !== null && (
          <TrainChartControls
            chart={chart}
            view={view}
            log={log}
            name={name}
            smoothing={{ value: smoothing, set: setSmoothing }}
            logX={{ value: logX, set: setLogX }}
            logY={{ value: logY, set: setLogY }}
          />
        )}
      </div>
      {children}
      {name !== null && <TrainSmallCharts series={series} smoothing={smoothing} view={view} />}
      {name !== null && (
        <Disclosure summary="The curves as a table" onToggle={setTableOpen}>
          {tableOpen && (
            <ChartTable
              label="The curves as a table"
              charts={[chart, ...smallCharts(series, smoothing).map((small) => small.chart)]}
            />
          )}
        </Disclosure>
      )}
    </>
  );
}

function Caption({ name, totalSteps, vocabSize, reference }: TrainChartsProps) {
  return (
    <p className="chart-caption">
      {name === null
        ? 'The loss will be drawn here, in nats.'
        : `Loss in nats over ${formatCount(totalSteps)} ${totalSteps === 1 ? 'step' : 'steps'}.`}{' '}
      A random guess among {formatCount(vocabSize)} tokens has {Math.log(vocabSize).toFixed(2)}
      {reference !== null &&
        `, word frequencies alone ${reference.unigram.toFixed(2)}, a table of neighbours ${reference.neighbours.toFixed(2)}, on the same hidden words`}
      .
    </p>
  );
}
