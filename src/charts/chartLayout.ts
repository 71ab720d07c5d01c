/** Everything about a chart that follows from its data, the stretch in sight and its size. */
import type { Chart, ChartNote, Size } from './chart.ts';
import { type ChartRow, chartRows, heightRange } from './rows.ts';
import { type Axis, isWhole, placeOn, type Stretch } from './zoom.ts';

export interface ChartLayout {
  readonly rows: readonly ChartRow[];
  readonly steps: Axis;
  readonly heights: Stretch;
  readonly notes: readonly PlacedNote[];
  /** Those of them that stand there as numbers, since there is no room for words. */
  readonly numbered: readonly PlacedNote[];
  /** Pixels around the plot: figures on the left, names of lines on the right, steps below. */
  readonly margins: Readonly<Record<'left' | 'right' | 'top' | 'bottom', number>>;
  readonly size: Size;
}

export const NOTE_ROW = 19;

/** Lays out a chart. @param steps the stretch in sight */
export function layOutChart(chart: Chart, steps: Axis, whole: Axis, size: Size): ChartLayout {
  const [left, right] = chart.named ? [38, 144] : [48, 10];
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
    numbered: notes.filter(({ text, words }) => text !== words),
    margins: { left, right: size.width - left - width, top: 10 + NOTE_ROW * noteRows, bottom: 30 },
    size,
  };
}

/** Width and height of the plot, in pixels. */
export function plotSize({ margins, size }: ChartLayout): Size {
  const { left, right, top, bottom } = margins;
  return { width: size.width - left - right, height: Math.max(20, size.height - top - bottom) };
}

export interface PlacedNote extends ChartNote {
  /** Of its line, in pixels. */
  readonly x: number;
  /** Row in the margin, from the top. */
  readonly row: number;
  /** The side of the line that the words stand on. */
  readonly side: 'left' | 'right';
  /** What stands there: its words, or its number where there is no room for words. */
  readonly text: string;
}

/** Width of a letter of the margin's face, or of one that stands for it in a file, and the room beside the words. */
const LETTER = 6.7;
const GAP = 14;
/** More rows than these push the chart away. */
const MOST_ROWS = 3;

/**
 * Notes beside their lines, in rows so that none covers another; as numbers where there is no room for words.
 * @param notes by ascending step
 * @param xOf place of a step
 */
export function placeNotes(
  notes: readonly ChartNote[],
  xOf: (step: number) => number,
  left: number,
  right: number,
): PlacedNote[] {
  const inWords = rowsFor(notes, xOf, left, right, ({ words }) => words);
  const fits = Math.max(-1, ...inWords.map(({ row }) => row)) < MOST_ROWS;
  return fits ? inWords : rowsFor(notes, xOf, left, right, (_, index) => String(index + 1));
}

function rowsFor(
  notes: readonly ChartNote[],
  xOf: (step: number) => number,
  left: number,
  right: number,
  textOf: (note: ChartNote, index: number) => string,
): PlacedNote[] {
  // Where each row is taken already, from left to right.
  const taken: [number, number][][] = [];
  return notes.map((note, index) => {
    const x = xOf(note.step);
    const text = textOf(note, index);
    const width = text.length * LETTER + GAP;
    const side = x + width <= right ? 'right' : x - width >= left ? 'left' : null;
    if (side === null) return { ...note, x, text, side: 'right', row: MOST_ROWS };
    const [from, to] = side === 'right' ? [x, x + width] : [x - width, x];
    let row = 0;
    while (taken[row]?.some(([start, end]) => from < end && to > start)) row++;
    taken[row] = [...(taken[row] ?? []), [from, to]];
    return { ...note, x, text, side, row };
  });
}
