/** From a chart's series to the rows that recharts draws. */
import type { Chart, ChartLine } from './chart.ts';
import { firstAtLeast, thinnedIndices } from './thinning.ts';
import type { Axis, Stretch } from './zoom.ts';

/** A step and what is drawn there; a line that has no drawn point at the step has no key. */
export interface ChartRow {
  readonly step: number;
  readonly [key: string]: number;
}

/** Key of a line's values, or of their moving average, in a row. */
export const keyOf = (line: number, part: 'value' | 'average'): string => `${part}${line}`;

/** More points than these look the same and take longer: the longest task of a zoom is twice as long with 1,000. */
const MOST_POINTS = 500;

/**
 * The drawn points of all lines in one table, ascending by step. Of each line at most one point for every pixel, and at
 * most 500; every extreme that can be seen stays. One more reading on each side of the axis, which the line comes from and
 * goes to. What an axis can't show (a loss of 0 on a logarithmic one, NaN) is left out.
 * @param width of the plot, in pixels
 */
export function chartRows({ lines, logY }: Pick<Chart, 'lines' | 'logY'>, axis: Axis, width: number): ChartRow[] {
  const most = Math.max(100, Math.min(MOST_POINTS, Math.round(width)));
  const single = lines.flatMap((line, index) => lineRows(line, index, axis, logY, most));
  const rows: Record<string, number>[] = [];
  for (const row of single.sort((a, b) => a.step - b.step)) {
    const last = rows.at(-1);
    // A line may have two readings at a step: the last evaluation while training, and the final one.
    const fits = last?.['step'] === row.step && Object.keys(row).every((key) => key === 'step' || !(key in last));
    if (last !== undefined && fits) Object.assign(last, row);
    else rows.push({ ...row });
  }
  return rows as unknown as ChartRow[];
}

function lineRows({ steps, values, average }: ChartLine, line: number, axis: Axis, logY: boolean, most: number) {
  const [first, to] = windowOf(steps, axis);
  // A logarithmic axis has no step 0.
  const from = axis.log ? Math.max(first, firstAtLeast(steps, Number.MIN_VALUE)) : first;
  const shown = (value: number | undefined): value is number =>
    value !== undefined && Number.isFinite(value) && (!logY || value > 0);
  return thinnedIndices({ steps, values, from, to, log: axis.log }, most).flatMap((index): ChartRow[] => {
    const [value, smooth] = [values[index], average?.[index]];
    const row = {
      step: steps[index] ?? 0,
      ...(shown(value) && { [keyOf(line, 'value')]: value }),
      ...(shown(smooth) && { [keyOf(line, 'average')]: smooth }),
    };
    return Object.keys(row).length > 1 ? [row] : [];
  });
}

/** @returns first index within the stretch or the one before it, and the one after the last, likewise */
export function windowOf(steps: ArrayLike<number>, { low, high }: Stretch): [number, number] {
  const from = firstAtLeast(steps, low);
  let to = firstAtLeast(steps, high);
  while (steps[to] === high) to++;
  return [Math.max(0, from - 1), Math.min(steps.length, to + 1)];
}

/** Share of the range that is left free above and below what is drawn. */
const AIR = 0.06;

/**
 * Range of the vertical axis: of the whole run everything drawn and every reference line; of a part of it what is drawn
 * there, so that a flat stretch fills the chart.
 */
export function heightRange(
  chart: Chart,
  rows: readonly ChartRow[],
  { low, high }: Stretch,
  isWhole: boolean,
): Stretch {
  const { from, logY } = chart;
  const inside = rows.filter(({ step }) => step >= low && step <= high);
  const drawn = (inside.length > 0 ? inside : rows).flatMap((row) =>
    Object.entries(row).flatMap(([key, value]) => (key === 'step' ? [] : [value])),
  );
  const [lowest, highest] = [Math.min(...drawn), Math.max(...drawn)];
  if (from === 'anchored' && isWhole) return anchored(lowest, highest, chart);
  if (from === 'zero' && isWhole && !logY) {
    const top = Math.max(...drawn, ...chart.heights.map(({ value }) => value));
    return { low: 0, high: top > 0 ? top * (1 + AIR) : 1 };
  }
  if (drawn.length === 0) return { low: logY ? 0.1 : 0, high: 1 };
  if (logY) {
    const ratio = Math.max((highest / lowest) ** AIR, 1.02);
    return { low: lowest / ratio, high: highest * ratio };
  }
  const air = Math.max(AIR * (highest - lowest), 1e-3 * Math.abs(highest), 1e-12);
  return { low: lowest >= 0 ? Math.max(0, lowest - air) : lowest - air, high: highest + air };
}

/**
 * Everything drawn and every reference line, with a nat below the highest of them, in steps of a half, so that the axis
 * does not move while the loss falls within it.
 * @example a loss of 6.93 and a reference line at 6.93 // 5.5 to 7
 */
function anchored(lowest: number, highest: number, { heights, logY }: Chart): Stretch {
  const references = heights.map(({ value }) => value);
  const top = references.length === 0 ? highest : Math.max(...references);
  const floor = Math.min(lowest, top - 1, ...references);
  const low = Math.floor(2 * (floor - 0.1)) / 2;
  const high = Math.ceil(2 * (Math.max(highest, ...references) + 0.05)) / 2;
  return { low: logY ? Math.max(low, floor / 1.5) : Math.max(0, low), high };
}
