import { useElementSize, useMergedRef } from '@mantine/hooks';
import { Fragment, type RefObject, useEffect, useMemo, useRef } from 'react';
import { ReferenceArea, Tooltip } from 'recharts';
import { type Chart, COLOURS, type LineKind } from './chart.ts';
import { type ChartLayout, layOutChart, plotSize } from './chartLayout.ts';
import { DrawnChart } from './DrawnChart.tsx';
import { readAt, readingWords } from './readings.ts';
import type { ChartView } from './useChartView.ts';
import { useChartZoom } from './useChartZoom.ts';
import { useSame, useTurn } from './useTurn.ts';
import type { Axis } from './zoom.ts';
import './charts.css';

interface ChartFigureProps {
  readonly chart: Chart;
  readonly view: ChartView;
  /** The stretch that is drawn, where it is not yet the view's own. */
  readonly steps?: Axis;
  readonly height: number | string;
  /** Where the value at the step that is read stands, else the latest one; null: beside the step, with every line's. */
  readonly readingPlace?: HTMLElement | null;
}

const CURSOR = { stroke: 'var(--ink-soft)', strokeWidth: 1 };

/** By then the charts that are drawn anew one after the other have been. */
const SETTLED_FRAMES = 7;

/** A chart that can be read, zoomed and moved by mouse, fingers and keys. */
export function ChartFigure({ chart, view, steps = view.steps, height: drawnHeight, readingPlace }: ChartFigureProps) {
  const { ref: measured, width, height } = useElementSize<HTMLElement>();
  const frame = useRef<HTMLElement>(null);
  const ref = useMergedRef(measured, frame);
  const { whole, syncId } = view;
  const fitted = useMemo(
    () => (width === 0 ? null : layOutChart(chart, steps, whole, { width, height })),
    [chart, steps, whole, width, height],
  );
  // recharts works out all that is drawn once for each axis that is new, and once for new rows: in three frames it is three
  // shorter tasks. Rows of other lines, or for another kind of axis, can't wait.
  const kind = [chart.logY, steps.log, ...chart.lines.map(({ name }) => name)].join();
  const rows = useLater(fitted?.rows ?? null, kind, 1);
  const heights = useLater(useSame(fitted?.heights ?? null), kind, 2);
  const layout = useMemo(
    () => (fitted === null || rows === null || heights === null ? null : { ...fitted, rows, heights }),
    [fitted, rows, heights],
  );
  const plot = { left: layout?.margins.left ?? 0, width: layout === null ? 1 : plotSize(layout).width };
  const { handlers, selection } = useChartZoom(frame, plot, view);
  const follow = useReadAgain(frame, useTurn(layout, SETTLED_FRAMES));
  // Along the axis recharts finds the place.
  const top = (layout?.margins.top ?? 0) + 4;
  const tooltip = useMemo(() => {
    const usual = { isAnimationActive: false, cursor: CURSOR };
    if (readingPlace === undefined || readingPlace === null)
      return <Tooltip {...usual} position={{ y: top }} content={<ReadLines chart={chart} />} />;
    const content = <ReadValue chart={chart} />;
    return <Tooltip {...usual} portal={readingPlace} wrapperStyle={{ visibility: 'visible' }} content={content} />;
  }, [chart, readingPlace, top]);
  return (
    <>
      <section
        className="chart"
        style={{ height: drawnHeight }}
        aria-label={chart.title}
        ref={ref}
        {...handlers}
        {...follow}
      >
        {layout !== null && (
          <DrawnChart chart={chart} layout={layout} syncId={syncId}>
            {tooltip}
            {selection !== null && (
              <ReferenceArea
                x1={selection.low}
                x2={selection.high}
                ifOverflow="hidden"
                fill="var(--data-train)"
                fillOpacity={0.1}
                stroke="var(--data-train)"
                strokeOpacity={0.4}
              />
            )}
          </DrawnChart>
        )}
      </section>
      {layout !== null && layout.numbered.length > 0 && (
        <ol className="chart-notes book soft">
          {layout.numbered.map(({ text, words, step }) => (
            <li key={text} value={Number(text)}>
              {words}{' '}
              <span className="tabular tiny faint">
                ({chart.stepName} {chart.formatStep(step)})
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** A part of the layout so many frames later; at once where it is of another kind than the one before. */
function useLater<T>(part: T, kind: string, frames: number): T {
  const shown = useTurn(
    useMemo(() => ({ part, kind }), [part, kind]),
    frames,
  );
  return shown === null || shown.kind !== kind || shown.part === null ? part : shown.part;
}

/**
 * recharts remembers which row was read, not which step: where the rows are others, what is under the mouse is read again.
 * @returns handlers for the frame
 */
function useReadAgain(frame: RefObject<HTMLElement | null>, layout: ChartLayout | null) {
  const mouse = useRef<MouseEventInit | null>(null);
  useEffect(() => {
    if (layout === null || mouse.current === null) return;
    frame.current?.querySelector('.recharts-wrapper')?.dispatchEvent(new MouseEvent('mousemove', mouse.current));
  }, [frame, layout]);
  return {
    onMouseMove: ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): void => {
      mouse.current = { clientX, clientY, bubbles: true };
    },
    onMouseLeave: (): void => {
      mouse.current = null;
    },
  };
}

interface ReadProps {
  readonly chart: Chart;
  /** Whether a step is read, and which: given by recharts. */
  readonly active?: boolean;
  readonly label?: string | number | undefined;
}

/** The value of a chart of one line, at the step that is read, else the latest one. */
function ReadValue({ chart, active, label }: ReadProps) {
  const step = active === true && label !== undefined ? Number(label) : Number.POSITIVE_INFINITY;
  const [reading] = readAt(chart, step);
  return reading === undefined ? '–' : chart.format(reading.value);
}

/** Every line at the step that is read; announced to screen readers as one sentence. */
function ReadLines({ chart, active, label }: ReadProps) {
  if (active !== true || label === undefined) return null;
  const step = Number(label);
  return (
    <>
      <p className="visually-hidden" role="status">
        {readingWords(chart, step)}
      </p>
      <div aria-hidden="true">
        <dl className="chart-tooltip tiny">
          <dt>{chart.stepName}</dt>
          <dd>{chart.formatStep(step)}</dd>
          {readAt(chart, step).map(({ line, step: own, value, average }) => (
            <Fragment key={line.name}>
              {average !== null && (
                <Row name={`${line.name}, smoothed`} kind={line.kind} value={chart.format(average)} />
              )}
              <Row
                name={own === step ? line.name : `${line.name}, ${chart.stepName} ${chart.formatStep(own)}`}
                kind={line.kind}
                value={chart.format(value)}
              />
            </Fragment>
          ))}
          {chart.heights.map(({ name, value }) => (
            <Row key={name} name={name} kind="reference" value={chart.format(value)} />
          ))}
        </dl>
      </div>
    </>
  );
}

function Row({ name, kind, value }: { readonly name: string; readonly kind: LineKind; readonly value: string }) {
  return (
    <>
      <dt style={{ color: COLOURS[kind] }}>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
