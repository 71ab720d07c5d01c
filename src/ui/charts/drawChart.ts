/** From a chart's data to its shapes: pure, so that the page, a picture and a report draw the same, and tests need no page. */
import { type Axis, isWhole, placeOn, ticksOf } from './axis.ts';
import type { Box, Chart, ChartLine, Size } from './chart.ts';
import { heightAxis } from './heights.ts';
import { drawnPoints, type Point, pathOf, type Scales, scalesOf, short } from './lineShape.ts';
import { lineMark, type Mark, textMark } from './marks.ts';
import { type PlacedNote, placeNotes } from './placeNotes.ts';
import { spreadLabels } from './spreadLabels.ts';

export interface Drawing {
  readonly marks: readonly Mark[];
  /** Where the lines are, within the drawing. */
  readonly plot: Box;
  readonly steps: Axis;
  readonly values: Axis;
  /** Notes that stand there as numbers, since there is no room for words. */
  readonly numbered: readonly PlacedNote[];
}

/** Room around the plot: figures on the left, names of lines on the right, steps below. */
const LEFT_NAMED = 38;
const LEFT = 48;
const RIGHT_NAMED = 114;
const RIGHT = 10;
const BOTTOM = 30;
const TOP = 10;
const NOTE_ROW = 19;
const LABEL_HEIGHT = 15;

/** Points of a line for each pixel of width: a highest and a lowest one for every two. */
const POINTS_A_PIXEL = 1;

interface Drawn {
  readonly line: ChartLine;
  readonly values: readonly Point[];
  readonly average: readonly Point[] | null;
}

/**
 * Draws a chart.
 * @param steps the stretch in sight
 * @param whole the whole of the axis
 */
export function drawChart(chart: Chart, steps: Axis, whole: Axis, size: Size): Drawing {
  const left = chart.named ? LEFT_NAMED : LEFT;
  const width = Math.max(40, size.width - left - (chart.named ? RIGHT_NAMED : RIGHT));
  const most = Math.max(100, Math.round(width * POINTS_A_PIXEL));
  const drawn = chart.lines.map((line) => drawLine(line, steps, chart.logY, most));
  const values = heightAxis(
    chart,
    drawn.flatMap(({ values: points, average }) => [points, average ?? []]),
    isWhole(steps, whole),
  );
  const xOf = (step: number): number => left + width * placeOn(steps, step);
  const inSight = ({ step }: { readonly step: number }): boolean => step >= steps.low && step <= steps.high;
  const notes = placeNotes(chart.notes.filter(inSight), xOf, left, size.width);
  const rows = Math.max(0, ...notes.map(({ row }) => row + 1));
  const top = TOP + NOTE_ROW * rows;
  const plot = { x: left, y: top, width, height: Math.max(20, size.height - top - BOTTOM) };
  const scales = scalesOf(plot, steps, values);
  const marks = [
    ...gridMarks(chart, plot, steps, values, scales),
    ...noteMarks(notes, drawn, plot, scales),
    ...drawn.flatMap((line) => lineMarks(line, scales)),
    ...bestMarks(chart, drawn, inSight, scales),
    ...savedMarks(
      chart.saved.filter((step) => inSight({ step })),
      plot,
      scales,
      chart.named,
    ),
    ...(chart.named ? endMarks(chart, drawn, plot, values, scales) : []),
  ];
  return { marks, plot, steps, values, numbered: notes.filter(({ text, words }) => text !== words) };
}

function drawLine(line: ChartLine, steps: Axis, logY: boolean, most: number): Drawn {
  const { average } = line;
  return {
    line,
    values: drawnPoints(line.steps, line.values, steps, logY, most),
    average: average === undefined ? null : drawnPoints(line.steps, average, steps, logY, most),
  };
}

function gridMarks(chart: Chart, plot: Box, steps: Axis, values: Axis, { x, y }: Scales): Mark[] {
  const bottom = plot.y + plot.height;
  const right = plot.x + plot.width;
  const rows = ticksOf(values, Math.max(3, Math.floor(plot.height / 44)));
  const columns = ticksOf(steps, Math.max(2, Math.floor(plot.width / 72)));
  return [
    ...rows.flatMap((value) => [
      lineMark('plot-grid', plot.x, short(y(value)), right, short(y(value))),
      textMark('plot-tick', plot.x - 10, short(y(value)), chart.formatTick(value), 'end'),
    ]),
    lineMark('plot-axis', plot.x, bottom, right, bottom),
    ...columns.flatMap((step) => [
      lineMark('plot-axis', short(x(step)), bottom, short(x(step)), bottom + 4),
      textMark('plot-tick', short(x(step)), bottom + 17, chart.formatStep(step), 'middle'),
    ]),
  ];
}

function lineMarks({ line, values, average }: Drawn, scales: Scales): Mark[] {
  const path = (look: string, points: readonly Point[]): Mark => ({
    tag: 'path',
    look: `plot-line ${look} plot-${line.kind}`,
    attributes: { d: pathOf(points, scales), ...(line.dash !== undefined && { 'stroke-dasharray': line.dash }) },
  });
  if (values.length === 0) return [];
  const lines =
    average === null ? [path('plot-plain', values)] : [path('plot-faint', values), path('plot-bold', average)];
  const dots =
    line.dots === true ? values.map((point) => dotMark(`plot-dot plot-${line.kind}`, point, 2.75, scales)) : [];
  return [...lines, ...dots];
}

function dotMark(look: string, { step, value }: Point, r: number, { x, y }: Scales): Mark {
  return { tag: 'circle', look, attributes: { cx: short(x(step)), cy: short(y(value)), r } };
}

/** The line that a note or the best step tells of: the held-out loss where it is measured, else the first one. */
function toldOf(drawn: readonly Drawn[]): Drawn | undefined {
  return drawn.find(({ line, values }) => line.kind === 'heldOut' && values.length > 0) ?? drawn[0];
}

function noteMarks(notes: readonly PlacedNote[], drawn: readonly Drawn[], plot: Box, { x, y }: Scales): Mark[] {
  const points = toldOf(drawn)?.values ?? [];
  return notes.flatMap(({ step, row, side, text }) => {
    const at = short(x(step));
    const rowY = plot.y - NOTE_ROW * (row + 1) + NOTE_ROW / 2;
    const point = points.find((candidate) => candidate.step >= step);
    const foot = point === undefined ? plot.y + plot.height : y(point.value) - 7;
    const away = side === 'right' ? 6 : -6;
    return [
      lineMark('plot-note-line', at, short(rowY - 6), at, short(Math.max(foot, plot.y))),
      textMark('plot-note', at + away, short(rowY), text, side === 'right' ? 'start' : 'end'),
    ];
  });
}

function bestMarks(
  { best }: Chart,
  drawn: readonly Drawn[],
  inSight: (point: Point) => boolean,
  scales: Scales,
): Mark[] {
  const point = toldOf(drawn)?.values.find(({ step }) => step === best);
  return point === undefined || !inSight(point) ? [] : [dotMark('plot-best', point, 6, scales)];
}

function savedMarks(saved: readonly number[], plot: Box, { x }: Scales, named: boolean): Mark[] {
  const bottom = plot.y + plot.height;
  const ticks = saved.map((step) => lineMark('plot-saved', short(x(step)), bottom, short(x(step)), bottom + 6));
  if (ticks.length === 0 || !named) return ticks;
  return [...ticks, textMark('plot-end plot-saved-name', plot.x + plot.width + 8, bottom + 5, 'saved', 'start')];
}

/** Names of lines at their right ends, in place of a legend; moved apart where they would overlap. */
function endMarks(chart: Chart, drawn: readonly Drawn[], plot: Box, axis: Axis, { y }: Scales): Mark[] {
  const right = plot.x + plot.width;
  const ends = [
    ...chart.heights.map(({ name, value }) => ({ name, value, kind: 'reference' })),
    ...drawn.flatMap(({ line, values, average }) => {
      const last = (average ?? values).at(-1);
      return last === undefined ? [] : [{ name: line.name, value: last.value, kind: line.kind }];
    }),
  ].filter(({ value }) => value >= axis.low && value <= axis.high);
  const heights = ends.map(({ value }) => y(value));
  const placed = spreadLabels(heights, LABEL_HEIGHT, plot.y, plot.y + plot.height - 6);
  const references = chart.heights.filter(({ value }) => value >= axis.low && value <= axis.high);
  return [
    ...references.map(({ value }) => lineMark('plot-reference-line', plot.x, short(y(value)), right, short(y(value)))),
    ...ends.map(({ name, value, kind }, index) =>
      textMark(`plot-end plot-${kind}`, right + 8, short(placed[index] ?? 0), name, 'start', chart.format(value)),
    ),
  ];
}
