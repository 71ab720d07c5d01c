import { useState } from 'react';
import { ChartTools } from '../../charts/ChartTools.tsx';
import type { Chart } from '../../charts/chart.ts';
import { chartSvg } from '../../charts/chartFile.tsx';
import { chartPng } from '../../charts/pngFile.ts';
import type { ChartView } from '../../charts/useChartView.ts';
import type { PlainError } from '../../core/errors.ts';
import { StudioError } from '../../core/errors.ts';
import { ErrorNotice } from '../../design/Notices.tsx';
import { metricsCsv } from '../../files/metricsCsv.ts';
import type { MetricsLog } from '../../studio/page/metricsLog.ts';
import { downloadBlob } from '../export/exportDownload.ts';
import { fileNameOf } from './fileNameOf.ts';

interface Setting<T> {
  readonly value: T;
  readonly set: (value: T) => void;
}

interface TrainChartControlsProps {
  readonly chart: Chart;
  readonly view: ChartView;
  readonly log: MetricsLog;
  /** Of the run, for the files. */
  readonly name: string;
  readonly smoothing: Setting<number>;
  readonly logX: Setting<boolean>;
  readonly logY: Setting<boolean>;
}

/** Of the pictures that are saved. */
const PICTURE = { width: 1080, height: 560 };

/** How the loss is looked at, and how it is taken along. */
export function TrainChartControls({ chart, view, log, name, smoothing, logX, logY }: TrainChartControlsProps) {
  const [problem, setProblem] = useState<PlainError | null>(null);
  const fileName = fileNameOf(name);
  const drawing = (): Promise<string> => chartSvg(chart, view.steps, view.whole, PICTURE, name);
  const savers = {
    csv: () => new Blob([metricsCsv(log.train.rows(), log.heldOut.rows())], { type: 'text/csv' }),
    png: async () => chartPng(await drawing(), PICTURE),
    svg: async () => new Blob([await drawing()], { type: 'image/svg+xml' }),
  };
  const save = async (kind: keyof typeof savers): Promise<void> => {
    setProblem(null);
    try {
      downloadBlob(await savers[kind](), `${fileName}.${kind}`);
    } catch (thrown) {
      setProblem(StudioError.from(thrown).toPlain());
    }
  };
  return (
    <>
      <div className="chart-controls">
        <ChartTools view={view} />
        <label className="chart-smoothing">
          Smoothing
          <input
            type="range"
            min={0}
            max={0.99}
            step={0.01}
            value={smoothing.value}
            onChange={(event) => smoothing.set(Number(event.currentTarget.value))}
          />
          <output>{smoothing.value.toFixed(2)}</output>
        </label>
        <fieldset className="chart-axes">
          <legend className="visually-hidden">Axes</legend>
          <span>Logarithmic</span>
          <Axis word="steps" setting={logX} />
          <Axis word="loss" setting={logY} />
        </fieldset>
        <fieldset className="chart-save">
          <legend className="visually-hidden">Save the chart or its figures</legend>
          <span>Save</span>
          {(Object.keys(savers) as (keyof typeof savers)[]).map((kind) => (
            <button key={kind} type="button" className="link-button" onClick={() => void save(kind)}>
              {kind.toUpperCase()}
            </button>
          ))}
        </fieldset>
      </div>
      <ErrorNotice error={problem} />
      <p className="chart-hint">
        Drag over a stretch to see it larger. With the chart in focus the wheel, + and − zoom, the arrows read step by
        step, and 0 shows all; two fingers do on a screen.
      </p>
    </>
  );
}

function Axis({ word, setting }: { readonly word: string; readonly setting: Setting<boolean> }) {
  return (
    <label>
      <input
        type="checkbox"
        aria-label={`Logarithmic ${word}`}
        checked={setting.value}
        onChange={() => setting.set(!setting.value)}
      />{' '}
      {word}
    </label>
  );
}
