/** What a chart's lines say at a step, from the whole series rather than from the points that are drawn. */
import type { Chart } from './chart.ts';
import { nearestIndex } from './thinning.ts';

/**
 * Every line at a step; lines without a reading are left out.
 * @returns the step of each is the nearest one that the line has; its average is null where it has none
 */
export function readAt({ lines }: Pick<Chart, 'lines'>, step: number) {
  return lines.flatMap((line) => {
    const at = nearestIndex(line.steps, step);
    const value = line.values[at];
    if (at < 0 || value === undefined || (line.alone && line.steps[at] !== step)) return [];
    return [{ line, step: line.steps[at] ?? step, value, average: line.average?.[at] ?? null }];
  });
}

/** @example "step 120: training 4.21, smoothed 4.3, held out 4.51 at step 100" */
export function readingWords(chart: Chart, step: number): string {
  const words = readAt(chart, step).map(({ line, step: own, value, average }) => {
    const smoothed = average === null ? '' : `, smoothed ${chart.format(average)}`;
    const where = own === step ? '' : ` at ${chart.stepName} ${chart.formatStep(own)}`;
    return `${line.name} ${chart.format(value)}${smoothed}${where}`;
  });
  return `${chart.stepName} ${chart.formatStep(step)}: ${words.join(', ')}`;
}

/** A chart in a sentence or two, for readers who do not see it. */
export function chartWords(chart: Chart): string {
  const lines = chart.lines.flatMap(({ name, steps, values, average }) => {
    const shown = average ?? values;
    const last = shown.length - 1;
    if (last < 0) return [];
    const [start, end] = [shown[0] ?? Number.NaN, shown[last] ?? Number.NaN];
    return [
      `${name} from ${chart.format(start)} at ${chart.stepName} ${chart.formatStep(steps[0] ?? 0)} to ${chart.format(end)} at ` +
        `${chart.stepName} ${chart.formatStep(steps[last] ?? 0)}`,
    ];
  });
  const heights = chart.heights.map(({ name, value }) => `${name} ${chart.format(value)}`);
  const notes = chart.notes.map(({ step, words }) => `At ${chart.stepName} ${chart.formatStep(step)}: ${words}.`);
  if (lines.length === 0) return `${chart.title}: no data yet.`;
  const against = heights.length === 0 ? '' : ` Baselines: ${heights.join(', ')}.`;
  return `${chart.title}: ${lines.join('; ')}.${against} ${notes.join(' ')}`.trim();
}
