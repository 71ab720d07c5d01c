import { Box, Group, SimpleGrid, Stack } from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { ChartFigure } from '../../charts/ChartFigure.tsx';
import { chartTable } from '../../charts/chartTable.ts';
import { type ChartView, useChartView } from '../../charts/useChartView.ts';
import { useTurn } from '../../charts/useTurn.ts';
import { counted } from '../../core/counts.ts';
import { DisclosedTable } from '../../design/DataTable.tsx';
import { readSeries } from '../../studio/page/metricsLog.ts';
import { TrainChartControls } from './TrainChartControls.tsx';
import {
  type LossChartParts,
  lossChart,
  type SmallChartParts,
  smallCharts,
  USUAL_SMOOTHING,
} from './trainChartData.ts';

/** The small charts are drawn anew at most this often, and never in the task that draws the loss. */
const SMALL_EVERY_MS = 1700;
const SMALL_HEIGHT = 132;

interface TrainChartsProps extends Omit<LossChartParts, 'series' | 'smoothing' | 'logY'> {
  readonly version: number;
  readonly totalSteps: number;
  /** The reference lines are not known yet, and will be. */
  readonly awaitsReference: boolean;
  /** Name of the run; null before the first run, when the chart only shows where the loss will be drawn. */
  readonly name: string | null;
  readonly under: ReactNode;
  readonly beside: ReactNode;
  /** Draws what follows. @param curves the small charts, and all of them as a table; null before the first run */
  readonly children: (curves: ReactNode) => ReactNode;
}

/** The loss, large and quiet, and how it is looked at; under it what the run does besides, small. One step is read in all. */
export function TrainCharts(props: TrainChartsProps) {
  const { log, version, totalSteps, vocabSize, reference, others, savedSteps, keptStep, name } = props;
  const words = props.awaitsReference ? 'awaited' : (reference?.words ?? null);
  const [look, setLook] = useState({ smoothing: USUAL_SMOOTHING, logX: false, logY: false });
  const { smoothing, logX, logY } = look;
  const view = useChartView(totalSteps, logX);
  const series = useMemo(() => {
    // Version says when the log has grown.
    void version;
    return readSeries(log);
  }, [log, version]);
  const chart = useMemo(
    () => lossChart({ series, log, vocabSize, reference, others, savedSteps, keptStep, smoothing, logY }),
    [series, log, vocabSize, reference, others, savedSteps, keptStep, smoothing, logY],
  );
  // Deferred: drawn in slices.
  const seldom = useDeferredValue(useThrottledValue(series, SMALL_EVERY_MS));
  const small = useMemo(() => smallCharts(seldom, smoothing, words), [seldom, smoothing, words]);
  const curves = name !== null && (
    <div>
      <SimpleGrid minColWidth="min(100%, 200px)" autoFlow="auto-fit" spacing={28} verticalSpacing={24} mt={16}>
        {small.map((parts, index) => (
          <SmallChart key={parts.chart.title} {...parts} view={view} turn={index + 1} />
        ))}
      </SimpleGrid>
      <DisclosedTable
        summary="The curves as a table"
        content={() => chartTable([chart, ...smallCharts(series, smoothing, words).map((parts) => parts.chart)])}
      />
    </div>
  );
  return (
    <>
      <div className="train-now">
        <Stack gap={20} miw={0}>
          <Stack gap={10} miw={0}>
            <Caption {...props} />
            <ChartFigure chart={chart} view={view} height="clamp(260px, 35vh, 420px)" />
            {name !== null && (
              <TrainChartControls
                chart={chart}
                view={view}
                log={log}
                name={name}
                look={look}
                onLook={(change) => setLook({ ...look, ...change })}
              />
            )}
          </Stack>
          {props.under}
        </Stack>
        {props.beside}
      </div>
      {props.children(curves)}
    </>
  );
}

function Caption({ name, totalSteps }: TrainChartsProps) {
  return (
    <p className="small soft">
      {name === null ? 'The loss will be drawn here, in nats.' : `Loss in nats over ${counted(totalSteps, 'step')}.`}
    </p>
  );
}

interface SmallChartProps extends SmallChartParts {
  readonly view: ChartView;
  /** Frames after the large chart in which it is drawn anew. */
  readonly turn: number;
}

/** One line over the run, small: its title has the value at the step that is read, else the latest one. */
function SmallChart({ chart, explanation, view, turn }: SmallChartProps) {
  const [value, setValue] = useState<HTMLElement | null>(null);
  const drawn = useTurn(
    useMemo(() => ({ chart, steps: view.steps }), [chart, view.steps]),
    turn,
  );
  return (
    <figure className="small-chart">
      <figcaption className="tiny faint">
        <Group justify="space-between" className="small soft">
          {chart.title} <strong className="tabular" ref={setValue} />
        </Group>
        {explanation}
      </figcaption>
      {drawn === null ? (
        <Box h={SMALL_HEIGHT} />
      ) : (
        <ChartFigure chart={drawn.chart} view={view} steps={drawn.steps} height={SMALL_HEIGHT} readingPlace={value} />
      )}
    </figure>
  );
}
