/** Everything about a chart that follows from its data, the stretch in sight and its size. */
import type { Chart, Size } from './chart.ts';
import { type PlacedNote, placeNotes } from './placeNotes.ts';
import { type ChartRow, chartRows, heightRange } from './rows.ts';
import { type Axis, isWhole, placeOn, type Stretch } from './zoom.ts';

/** Pixels around the plot: figures on the left, names of lines on the right, steps below. */
export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ChartLayout {
  readonly rows: readonly ChartRow[];
  readonly steps: Axis;
  readonly heights: Stretch;
  readonly notes: readonly PlacedNote[];
  readonly margins: Margins;
  readonly size: Size;
}

export const NOTE_ROW = 19;

/**
 * @param steps the stretch in sight
 * @param whole the whole of the axis
 */
export function layOutChart(chart: Chart, steps: Axis, whole: Axis, size: Size): ChartLayout {
  const [left, right] = chart.named ? [38, 114] : [48, 10];
  const width = Math.max(40, size.width - left - right);
  const rows = chartRows(chart, steps, width);
  const inSight = chart.notes.filter(({ step }) => step >= steps.low && step <= steps.high);
  const notes = placeNotes(inSight, (step) => left + width * placeOn(steps, step), left, size.width);
  const noteRows = Math.max(0, ...notes.map(({ row }) => row + 1));
  return {
    rows,
    steps,
    heights: heightRange(chart, rows, steps, isWhole(steps, whole)),
    notes,
    margins: { left, right: size.width - left - width, top: 10 + NOTE_ROW * noteRows, bottom: 30 },
    size,
  };
}

/** Width and height of the plot, in pixels. */
export function plotSize({ margins, size }: ChartLayout): Size {
  const { left, right, top, bottom } = margins;
  return { width: size.width - left - right, height: Math.max(20, size.height - top - bottom) };
}
