import { ActionIcon, Box, Button, Checkbox, Group } from '@mantine/core';
import type { Chart } from '../../charts/chart.ts';
import { chartPng, chartSvg } from '../../charts/chartFile.tsx';
import type { ChartView } from '../../charts/useChartView.ts';
import { isWhole, panned, zoomed } from '../../charts/zoom.ts';
import { ErrorNotice } from '../../design/Notices.tsx';
import { Popup } from '../../design/Popup.tsx';
import { saveBlob } from '../../design/saveBlob.ts';
import { metricsCsv } from '../../files/metricsCsv.ts';
import type { MetricsLog } from '../../studio/page/metricsLog.ts';
import { fileNameOf } from '../export/exportDownload.ts';
import type { LossChartParts } from './trainChartData.ts';
import { useAttempt } from './useAttempt.ts';

type ChartLook = Pick<LossChartParts, 'smoothing' | 'logY'> & { readonly logX: boolean };

interface TrainChartControlsProps {
  readonly chart: Chart;
  readonly view: ChartView;
  readonly log: MetricsLog;
  /** Of the run, for the files. */
  readonly name: string;
  readonly look: ChartLook;
  readonly onLook: (change: Partial<ChartLook>) => void;
}

const AXES = [
  ['steps', 'logX'],
  ['loss', 'logY'],
] as const;
/** Of the pictures that are saved. */
const PICTURE = { width: 1080, height: 560 };

/** What changes how the loss is looked at, and how it is taken along. */
export function TrainChartControls({ chart, view, log, name, look, onLook }: TrainChartControlsProps) {
  const [problem, attempt] = useAttempt();
  const drawing = (): Promise<string> => chartSvg(chart, view.steps, view.whole, PICTURE, name);
  const savers = {
    csv: () => new Blob([metricsCsv(log.train.rows(), log.heldOut.rows())], { type: 'text/csv' }),
    png: async () => chartPng(await drawing(), PICTURE),
    svg: async () => new Blob([await drawing()], { type: 'image/svg+xml' }),
  };
  return (
    <>
      <Group className="chart-controls small soft" gap="8px 20px">
        <ChartTools view={view} />
        <label className="chart-smoothing">
          Smoothing
          <input
            type="range"
            min={0}
            max={0.99}
            step={0.01}
            style={{ width: 92 }}
            value={look.smoothing}
            onChange={(event) => onLook({ smoothing: Number(event.currentTarget.value) })}
          />
          <output>{look.smoothing.toFixed(2)}</output>
        </label>
        <fieldset>
          <legend className="visually-hidden">Axes</legend>
          <span>Logarithmic</span>
          {AXES.map(([word, axis]) => (
            <Checkbox
              key={axis}
              size="xs"
              label={word}
              aria-label={`Logarithmic ${word}`}
              checked={look[axis]}
              onChange={() => onLook({ [axis]: !look[axis] })}
            />
          ))}
        </fieldset>
        <Popup label="How to zoom" title="How to zoom">
          <p>
            Drag across a range to zoom in. When the chart has focus, the wheel and the + and − keys zoom, the arrow
            keys move step by step, and 0 shows all steps; pinch to zoom on a touchscreen.
          </p>
        </Popup>
        <Box component="fieldset" ml="auto">
          <legend className="visually-hidden">Save the chart or its data</legend>
          <span>Save</span>
          {Object.entries(savers).map(([kind, made]) => (
            <button
              key={kind}
              type="button"
              className="link-button"
              onClick={() => attempt(async () => saveBlob(await made(), `${fileNameOf(name)}.${kind}`))}
            >
              {kind.toUpperCase()}
            </button>
          ))}
        </Box>
      </Group>
      <ErrorNotice error={problem} />
    </>
  );
}

/** How much closer one press comes. */
const CLOSER = 0.5;

/** What the gestures do, as buttons: in, out, along, and back to the whole. */
function ChartTools({ view }: { readonly view: ChartView }) {
  const { steps, whole, narrowest, show } = view;
  const zoom = (factor: number) => (): void => show(zoomed(steps, whole, 0.5, factor, narrowest));
  const pan = (share: number) => (): void => show(panned(steps, whole, share));
  const tools = [
    { sign: '+', name: 'Zoom in', move: zoom(CLOSER) },
    { sign: '−', name: 'Zoom out', move: zoom(1 / CLOSER) },
    { sign: '←', name: 'Earlier steps', move: pan(-0.5) },
    { sign: '→', name: 'Later steps', move: pan(0.5) },
  ];
  const all = isWhole(steps, whole);
  return (
    <fieldset>
      <legend className="visually-hidden">Visible steps</legend>
      {tools.slice(0, all ? 2 : 4).map(({ sign, name, move }) => (
        <ActionIcon key={name} aria-label={name} onClick={move}>
          {sign}
        </ActionIcon>
      ))}
      {!all && (
        <Button size="compact-sm" onClick={() => show(null)}>
          All steps
        </Button>
      )}
    </fieldset>
  );
}
