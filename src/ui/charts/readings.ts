/** What a chart's lines say at a step, from the whole series rather than from what is drawn. */
import type { Chart, ChartLine } from './chart.ts';
import { nearestIndex } from './thinning.ts';

export interface Reading {
  readonly line: ChartLine;
  /** The step that was read: the nearest one that the line has. */
  readonly step: number;
  readonly value: number;
  /** null where the line has no average. */
  readonly average: number | null;
}

/** Every line at a step; lines without a reading are left out. */
export function readAt({ lines }: Chart, step: number): Reading[] {
  return lines.flatMap((line) => {
    const at = nearestIndex(line.steps, step);
    const value = line.values[at];
    if (at < 0 || value === undefined) return [];
    return [{ line, step: line.steps[at] ?? step, value, average: line.average?.[at] ?? null }];
  });
}

/** The step nearest to a place that any line has a reading at; null where there is none. */
export function nearestStep({ lines }: Chart, place: number): number | null {
  let nearest: number | null = null;
  for (const { steps } of lines) {
    const step = steps[nearestIndex(steps, place)];
    if (step === undefined) continue;
    if (nearest === null || Math.abs(step - place) < Math.abs(nearest - place)) nearest = step;
  }
  return nearest;
}

/**
 * The step so many readings further, of whichever line has one next; the last one where there are no more.
 * @param by negative: backwards
 */
export function stepFurther(chart: Chart, from: number, by: number): number | null {
  if (by === 0) return nearestStep(chart, from);
  let step = from;
  for (let count = 0; count < Math.abs(by); count++) step = nextStep(chart, step, by > 0) ?? step;
  return nearestStep(chart, step);
}

function nextStep({ lines }: Chart, from: number, forwards: boolean): number | null {
  const steps = lines.flatMap((line) => {
    const near = nearestIndex(line.steps, from);
    // The nearest one may lie on the other side.
    return [near - 1, near, near + 1].flatMap((index) => line.steps[index] ?? []);
  });
  const beyond = steps.filter((step) => (forwards ? step > from : step < from));
  if (beyond.length === 0) return null;
  return forwards ? Math.min(...beyond) : Math.max(...beyond);
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

/** A chart in a sentence or two, for who does not see it. */
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
  if (lines.length === 0) return `${chart.title}: nothing was read yet.`;
  const against = heights.length === 0 ? '' : ` To compare with: ${heights.join(', ')}.`;
  return `${chart.title}: ${lines.join('; ')}.${against} ${notes.join(' ')}`.trim();
}
