/** From a run's log to the charts of the Train step, on the page and in a report. */

import { BARE_CHART, type Chart, type ChartLine, type ReferenceHeight } from '../../charts/chart.ts';
import { debiasedAverage } from '../../charts/smoothing.ts';
import type { WordFigures } from '../../core/answers.ts';
import { METRICS, type Metric, metricsOf } from '../../core/metrics.ts';
import { formatCount, formatShare, significant } from '../../studio/page/format.ts';
import type { MetricsLog, RunSeries } from '../../studio/page/metricsLog.ts';
import type { ReferenceLines } from '../../text/reference/referenceLines.ts';
import { lowestStep, milestones } from './heldOutCurve.ts';
import type { RunRecord } from './trainState.ts';

/** The held-out loss of another run, drawn beside this one's. */
export interface OtherRun {
  readonly name: string;
  readonly steps: ArrayLike<number>;
  readonly losses: ArrayLike<number>;
}

/** The last step of an axis that has room for a run and for others beside it. One that was stopped ends where it was stopped. */
export function lastStepOf({ summary, config }: RunRecord, others: readonly OtherRun[]): number {
  const own = summary?.steps ?? config.training.steps;
  return Math.max(1, own, ...others.map(({ steps }) => steps[steps.length - 1] ?? 0));
}

/** The smoothing that charts begin with. */
export const USUAL_SMOOTHING = 0.9;

/** What tells other runs apart: each has a colour and a dash of its own. */
const OTHER_DASHES = [undefined, '6 3', '2 2', '8 3 2 3'] as const;
const OTHER_COLOURS = ['other', 'predicted'] as const;

const NEIGHBOUR_COUNTS = 'neighbour counts';

function referenceHeights(vocabSize: number, reference: ReferenceLines | null): ReferenceHeight[] {
  const random = { name: 'random', value: Math.log(vocabSize) };
  if (reference === null) return [random];
  return [
    random,
    { name: 'unigram', value: reference.unigram },
    { name: NEIGHBOUR_COUNTS, value: reference.neighbours },
  ];
}

export interface LossChartParts {
  readonly log: MetricsLog;
  readonly series: RunSeries;
  readonly vocabSize: number;
  /** null before they are known, and where nothing is held out. */
  readonly reference: ReferenceLines | null;
  /** Runs that are laid over this one. */
  readonly others: readonly OtherRun[];
  readonly savedSteps: readonly number[];
  /** Step of the weights that the run ended with, where that is not its last one; else null. */
  readonly keptStep: number | null;
  /** Weight of the moving average, 0 to 0.99. */
  readonly smoothing: number;
  readonly logY: boolean;
}

/** The loss: every reading faint, its average bold, the held-out loss on top. */
export function lossChart({ log, series, reference, others, smoothing, ...parts }: LossChartParts): Chart {
  const training: ChartLine = {
    name: 'training',
    kind: 'train',
    steps: series.train.step,
    values: series.train.loss,
    average: debiasedAverage(series.train.loss, smoothing),
  };
  return {
    title: 'Loss by step',
    lines: [training, ...others.map(otherLine), ...heldOutLines(series.heldOut)],
    heights: referenceHeights(parts.vocabSize, reference),
    notes: milestones(log, reference, parts.keptStep),
    saved: parts.savedSteps,
    best: lowestStep(log),
    format: FORMATS.nats,
    formatTick: String,
    formatStep: formatCount,
    stepName: 'step',
    from: 'anchored',
    logY: parts.logY,
    named: true,
  };
}

/** How many evaluations read the same masks as the first: all but the final one. */
export function evaluationsWhileTraining({ tokens }: Pick<RunSeries['heldOut'], 'tokens'>): number {
  const found = tokens.findIndex((count) => count !== tokens[0]);
  return found < 0 ? tokens.length : found;
}

/**
 * The held-out loss while training, and apart from it the final evaluation: that reads more masks, so that a line between the
 * two would rise or fall by the choice of masks. Then the final one alone is told: there are no two held-out losses.
 */
function heldOutLines(heldOut: RunSeries['heldOut']): ChartLine[] {
  const { step, loss } = heldOut;
  const end = evaluationsWhileTraining(heldOut);
  const line = { kind: 'heldOut', dots: true } as const;
  const whole: ChartLine = { ...line, name: 'held out', steps: step.subarray(0, end), values: loss.subarray(0, end) };
  return end === step.length
    ? [whole]
    : [
        { ...whole, untold: true },
        { ...line, name: 'final', alone: true, steps: step.subarray(end), values: loss.subarray(end) },
      ];
}

function otherLine({ name, steps, losses }: OtherRun, index: number): ChartLine {
  const kind = OTHER_COLOURS[index % OTHER_COLOURS.length] ?? 'other';
  const dash = OTHER_DASHES[Math.floor(index / OTHER_COLOURS.length) % OTHER_DASHES.length];
  return { name, kind, steps, values: losses, ...(dash !== undefined && { dash }) };
}

/** A small chart: what it shows, and one sentence on what that tells. */
export interface SmallChartParts {
  readonly chart: Chart;
  readonly explanation: string;
}

const FORMATS: Readonly<Record<Metric['unit'], (value: number) => string>> = {
  nats: (value) => value.toFixed(2),
  'bits per byte': (value) => value.toFixed(2),
  ...{ 'tokens per second': formatCount, milliseconds: formatCount, count: formatCount },
  share: (value) => formatShare(value, 0),
  norm: (value) => significant(value, 2),
  rate: (value) => {
    if (value === 0) return '0';
    return value < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
  },
};

/** What neighbour counts reach on words; not known yet, and no words are asked for where it is null. */
type WordTable = WordFigures | 'awaited' | null;

/** What a run does besides lowering the loss: the metrics that have a chart of their own. */
export function smallCharts(series: RunSeries, smoothing: number, table: WordTable): SmallChartParts[] {
  const parts = (['train', 'heldOut'] as const).flatMap((group) =>
    metricsOf(group).flatMap(([key, { name, unit, chart, smoothed }]) => {
      if (chart === undefined) return [];
      const { step: steps, [key as 'loss']: values } = series[group];
      const [place, kind, explanation] = chart;
      const average = smoothed ? { average: debiasedAverage(values, smoothing) } : {};
      const line = { name: name.toLowerCase(), kind, steps, values, ...average };
      return { place, chart: smallChart(name, unit, line), explanation };
    }),
  );
  const words = table === null ? [] : [wordChart(series, table)];
  return [...parts.sort((a, b) => a.place - b.place), ...words];
}

/** Held-out words that are the model's first answer, at the steps where they were asked for. */
function wordChart({ heldOut }: RunSeries, table: Exclude<WordTable, null>): SmallChartParts {
  const asked = [...heldOut.words.keys()].filter((row) => (heldOut.words[row] ?? 0) > 0);
  const read = (column: ArrayLike<number>): number[] => asked.map((row) => column[row] ?? 0);
  const { name, unit } = METRICS.heldOut.wordTop1;
  const line: ChartLine = {
    name: name.toLowerCase(),
    kind: 'heldOut',
    steps: read(heldOut.step),
    values: read(heldOut.wordTop1),
    dots: true,
  };
  const heights = table === 'awaited' ? [] : [{ name: NEIGHBOUR_COUNTS, value: table.top1 }];
  return {
    chart: { ...smallChart(name, unit, line), heights },
    explanation: 'Share of held-out words that are the model’s top prediction. Dotted: neighbour counts of words.',
  };
}

function smallChart(title: string, unit: Metric['unit'], line: ChartLine): Chart {
  return {
    ...BARE_CHART,
    title,
    lines: [line],
    format: FORMATS[unit],
    formatTick: unit === 'norm' ? String : FORMATS[unit],
    formatStep: formatCount,
    stepName: 'step',
    from: 'zero',
  };
}
