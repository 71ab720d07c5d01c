/** The range of a chart's heights. */
import type { Axis } from './axis.ts';
import type { Chart } from './chart.ts';
import type { Point } from './lineShape.ts';

/** Share of the range that is left free above and below what is drawn. */
const AIR = 0.06;

/**
 * The vertical axis: of the whole run everything drawn and every reference height; of a part of it what is drawn there, so
 * that a flat stretch fills the chart.
 * @param points everything that is drawn
 * @param isWhole whether the whole run is in sight
 */
export function heightAxis(chart: Chart, points: readonly (readonly Point[])[], isWhole: boolean): Axis {
  const { from, logY: log } = chart;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const line of points) {
    for (const { value } of line) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const references = chart.heights.map(({ value }) => value);
  if (from === 'anchored' && isWhole) return anchored(low, high, references, log);
  if (low > high) return log ? { low: 0.1, high: 1, log } : { low: 0, high: 1, log };
  if (from === 'zero' && isWhole && !log) return { low: 0, high: high > 0 ? high * (1 + AIR) : 1, log };
  return spread(low, high, log);
}

/** What is drawn, and a little air. */
function spread(low: number, high: number, log: boolean): Axis {
  if (log) {
    const ratio = Math.max((high / low) ** AIR, 1.02);
    return { low: low / ratio, high: high * ratio, log };
  }
  const air = Math.max(AIR * (high - low), 1e-3 * Math.abs(high), 1e-12);
  return { low: low >= 0 ? Math.max(0, low - air) : low - air, high: high + air, log };
}

/**
 * Everything drawn and every reference height, with a nat below the highest of them and a little air, so that the axis does
 * not move while the loss falls within it.
 * @example anchored(6.93, 6.93, [6.93], false) // 5.5 to 7
 */
function anchored(low: number, high: number, references: readonly number[], log: boolean): Axis {
  const highest = Math.max(high, ...references);
  const top = references.length === 0 ? highest : Math.max(...references);
  const lowest = Math.min(low, top - 1, ...references);
  const floor = Math.floor(2 * (lowest - 0.1)) / 2;
  const ceiling = Math.ceil(2 * (highest + 0.05)) / 2;
  return { low: log ? Math.max(floor, lowest / 1.5) : Math.max(0, floor), high: ceiling, log };
}
