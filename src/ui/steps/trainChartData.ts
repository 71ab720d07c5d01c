/** From a run's log to the charts of the Train step, on the page and in a report. */
import type { ReferenceLines } from '../../core/reference/referenceLines.ts';
import { formatCount, formatShare, significant } from '../../store/format.ts';
import type { Chart, ChartLine, ChartNote, ReferenceHeight } from '../charts/chart.ts';
import { debiasedAverage } from '../charts/smoothing.ts';
import type { RunSeries } from './trainSeries.ts';

/** The held-out loss of another run, drawn beside this one's. */
export interface OtherRun {
  readonly name: string;
  readonly steps: ArrayLike<number>;
  readonly losses: ArrayLike<number>;
}

/** The smoothing that charts begin with. */
export const USUAL_SMOOTHING = 0.9;

/** Other runs share a colour; their dashes and their names at the right end tell them apart. */
const OTHER_DASHES = [undefined, '6 3', '2 2', '8 3 2 3'] as const;

/** The lines that a loss is read against. */
export function referenceHeights(vocabSize: number, reference: ReferenceLines | null): ReferenceHeight[] {
  const random = { name: 'random', value: Math.log(vocabSize) };
  if (reference === null) return [random];
  return [random, { name: 'unigram', value: reference.unigram }, { name: 'neighbours', value: reference.neighbours }];
}

export interface LossChartParts {
  readonly series: RunSeries;
  /** Weight of the moving average, 0 to 0.99. */
  readonly smoothing: number;
  readonly references: readonly ReferenceHeight[];
  readonly others: readonly OtherRun[];
  readonly notes: readonly ChartNote[];
  readonly saved: readonly number[];
  readonly best: number | null;
  readonly logY: boolean;
}

/** The loss: every reading faint, its average bold, the held-out loss on top. */
export function lossChart({ series, smoothing, references, others, ...rest }: LossChartParts): Chart {
  const training: ChartLine = {
    name: 'training',
    kind: 'train',
    steps: series.steps,
    values: series.losses,
    average: debiasedAverage(series.losses, smoothing),
  };
  const heldOut: ChartLine = {
    name: 'held out',
    kind: 'heldOut',
    steps: series.heldOutSteps,
    values: series.heldOutLosses,
    dots: true,
  };
  return {
    ...rest,
    title: 'Loss over the steps',
    lines: [training, ...others.map(otherLine), heldOut],
    heights: references,
    format: (loss) => loss.toFixed(2),
    formatTick: String,
    formatStep: formatCount,
    stepName: 'step',
    from: 'anchored',
    named: true,
  };
}

function otherLine({ name, steps, losses }: OtherRun, index: number): ChartLine {
  const dash = OTHER_DASHES[index % OTHER_DASHES.length];
  return { name, kind: 'other', steps, values: losses, ...(dash !== undefined && { dash }) };
}

/** Each of the small charts: what it shows, and one sentence on what that tells. */
export interface SmallChartParts {
  readonly chart: Chart;
  readonly explanation: string;
}

const formatRate = (value: number): string => {
  if (value === 0) return '0';
  return value < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
};

/** What a run does besides lowering the loss. */
export function smallCharts(series: RunSeries, smoothing: number): SmallChartParts[] {
  const { steps, learningRates, gradientNorms, accuracies } = series;
  return [
    {
      chart: smallChart('Learning rate', formatRate, { kind: 'reference', steps, values: learningRates }),
      explanation: 'How far a step goes: up over the warm-up, then down.',
    },
    {
      chart: smallChart(
        'Gradient norm',
        (value) => significant(value, 2),
        {
          kind: 'other',
          steps,
          values: gradientNorms,
          average: debiasedAverage(gradientNorms, smoothing),
        },
        String,
      ),
      explanation: 'How steep the loss is, before clipping. A sudden rise warns of a jump.',
    },
    {
      chart: smallChart('Training accuracy', (value) => formatShare(value, 0), {
        kind: 'train',
        steps,
        values: accuracies,
        average: debiasedAverage(accuracies, smoothing),
      }),
      explanation: 'Share of the chosen tokens guessed right, on the text it trains on.',
    },
  ];
}

function smallChart(
  title: string,
  format: (value: number) => string,
  line: Omit<ChartLine, 'name'>,
  formatTick = format,
): Chart {
  return {
    title,
    lines: [{ ...line, name: title.toLowerCase() }],
    heights: [],
    notes: [],
    saved: [],
    best: null,
    format,
    formatTick,
    formatStep: formatCount,
    stepName: 'step',
    from: 'zero',
    logY: false,
    named: false,
  };
}
