/**
 * Every metric of a run, one row each, as `key: metric(name, unit, which is better, { where it goes })`. Its key is that of a
 * step's point and of stored runs. Log, charts, `metrics.csv`, TensorBoard's event file, model card, report, checkpoints and
 * the command line's closing line read this table, in its order: a new metric is a row, and its computation.
 */
import { grouped } from './counts.ts';

type Unit = 'nats' | 'bits per byte' | 'share' | 'rate' | 'norm' | 'tokens per second' | 'milliseconds' | 'count';

export interface Metric {
  readonly name: string;
  readonly unit: Unit;
  /** null: neither by itself. */
  readonly better: 'lower' | 'higher' | null;
  /** TensorBoard's; without one it is a count that says how the others were measured. */
  readonly tag?: string;
  /** In `metrics.csv`. */
  readonly column?: string;
  /** From the point's value to that of files. */
  readonly inFiles?: (value: number) => number;
  /** Decimal places in `metrics.csv`; without it all of them. */
  readonly places?: number;
  /** Its small chart: the place from the left, the meaning of its colour, and a sentence on what it tells. */
  readonly chart?: readonly [place: number, kind: 'train' | 'heldOut' | 'reference' | 'other', help: string];
  /** Whether its chart has a moving average, since it jumps from step to step. */
  readonly smoothed?: true;
  /** Its row in the model card. */
  readonly card?: string;
  /** Among the figures of the final held-out evaluation: its name in plain words, what stands under it, and which metric follows. */
  readonly figure?: readonly [label: string, note: string, beside?: string];
  /** It is not measured at every point. */
  readonly sometimes?: true;
}

const metric = <Places extends Pick<Metric, Exclude<keyof Metric, 'name' | 'unit' | 'better'>>>(
  name: string,
  unit: Unit,
  better: Metric['better'],
  places: Places,
): Metric & Places => ({ name, unit, better, ...places });

export const METRICS = {
  /** Of each step, before its update. */
  train: {
    /** Mean negative log-likelihood of the chosen tokens. */
    loss: metric('Training loss', 'nats', 'lower', { tag: 'train/loss', column: 'loss' }),
    /** Share of the chosen tokens predicted right. */
    maskedAccuracy: metric('Training accuracy', 'share', 'higher', {
      ...{ tag: 'train/masked_accuracy', column: 'masked_accuracy', smoothed: true },
      chart: [3, 'train', 'Share of the masked tokens predicted correctly, on the training text.'],
    }),
    learningRate: metric('Learning rate', 'rate', null, {
      ...{ tag: 'train/learning_rate', column: 'learning_rate' },
      chart: [1, 'reference', 'Rises during the warm-up, then follows the schedule.'],
    }),
    /** Before clipping. */
    gradientNorm: metric('Gradient norm', 'norm', null, {
      ...{ tag: 'train/gradient_norm', column: 'gradient_norm', smoothed: true },
      chart: [2, 'other', 'How steep the loss is, before clipping. A sudden rise often precedes a jump in the loss.'],
    }),
    /** Positions that went through the model, padding not counted. */
    tokensPerSecond: metric('Tokens per second', 'tokens per second', 'higher', {
      ...{ tag: 'train/tokens_per_second', column: 'tokens_per_second', places: 0 },
    }),
    elapsedMs: metric('Time taken', 'milliseconds', null, {
      ...{ tag: 'train/elapsed_seconds', column: 'elapsed_seconds', places: 3 },
      inFiles: (milliseconds) => milliseconds / 1000,
    }),
  },
  /** Of each evaluation of the held-out text, on fixed masks. */
  heldOut: {
    /** A masked token's. */
    loss: metric('Held-out loss', 'nats', 'lower', { tag: 'held_out/loss', column: 'held_out_loss' }),
    /** Of `loss` over the masked tokens: how far other masks on the same documents would move it. */
    standardError: metric('Standard error', 'nats', 'lower', { tag: 'held_out/standard_error' }),
    /** Of `loss` over the documents: how far other documents would move it. NaN with fewer than two. */
    documentError: metric('Standard error over documents', 'nats', 'lower', { tag: 'held_out/document_error' }),
    bitsPerByte: metric('Bits per byte', 'bits per byte', 'lower', {
      ...{ tag: 'held_out/bits_per_byte', card: 'bits per byte' },
      figure: ['Bits per byte', 'comparable across vocabularies'],
    }),
    top1: metric('Masked accuracy', 'share', 'higher', {
      ...{ tag: 'held_out/top1', column: 'held_out_top1', card: 'masked accuracy' },
      figure: ['Masked accuracy', 'top 5: ', 'top5'],
    }),
    top5: metric('Top-5 accuracy', 'share', 'higher', {
      ...{ tag: 'held_out/top5', column: 'held_out_top5', card: 'top-5 accuracy' },
    }),
    /** Share of the words whose tokens, all masked at once, were all predicted right; not in the cheap evaluations while training. */
    wordAccuracy: metric('Word accuracy, token count given', 'share', 'higher', {
      ...{ tag: 'held_out/word_accuracy', sometimes: true, card: 'word accuracy, token count given' },
    }),
    /** Share of held-out words found likeliest of all words, the number of their tokens not told; not in every evaluation. */
    wordTop1: metric('Word accuracy', 'share', 'higher', {
      ...{ tag: 'held_out/word_top1', sometimes: true, card: 'word accuracy' },
      figure: ['Word accuracy', 'top 5: ', 'wordTop5'],
    }),
    wordTop5: metric('Top-5 word accuracy', 'share', 'higher', {
      ...{ tag: 'held_out/word_top5', sometimes: true, card: 'top-5 word accuracy' },
    }),
    /** Of the likeliest token's probability. */
    calibrationError: metric('Expected calibration error', 'share', 'lower', {
      ...{ tag: 'held_out/calibration_error', card: 'expected calibration error' },
      figure: ['Expected calibration error', 'mean gap between confidence and accuracy'],
    }),
    /** Behind `wordTop1` and `wordTop5`. */
    words: metric('Words tested', 'count', null, { sometimes: true }),
    tokens: metric('Masked tokens', 'count', null, { card: 'masked tokens' }),
    draws: metric('Sets of masks', 'count', null, {}),
  },
} as const;

type Group = keyof typeof METRICS;

/** What is measured at a step: what training and testing report, as plain data. */
export type Point<G extends Group> = { readonly step: number } & {
  readonly [K in keyof (typeof METRICS)[G]]: (typeof METRICS)[G][K] extends { readonly sometimes: true }
    ? number | null
    : number;
};
export type TrainPoint = Point<'train'>;
export type HeldOutPoint = Point<'heldOut'>;

/** The rows of a group, each with its key. */
export function metricsOf<G extends Group>(group: G): [key: keyof (typeof METRICS)[G] & string, row: Metric][] {
  return Object.entries(METRICS[group]) as never;
}

/** A file's name for each metric that it holds, and how to read its value from a point; null where it was not measured. */
export function readersOf<G extends Group>(group: G, by: 'tag' | 'column') {
  return metricsOf(group).flatMap(([key, { [by]: name, inFiles, places }]) => {
    if (name === undefined) return [];
    const read = (point: Point<G>): number | null => {
      const own = point[key] as number | null;
      const value = own === null ? null : (inFiles?.(own) ?? own);
      return value === null || by === 'tag' || places === undefined ? value : Number(value.toFixed(places));
    };
    return [{ name, read }];
  });
}

/** A value in figures and tables. @example formatMetric(METRICS.heldOut.top1, 0.25) === '25.0%' */
export function formatMetric({ unit }: Pick<Metric, 'unit'>, value: number | null): string {
  if (value === null) return '';
  if (unit === 'count') return grouped(value);
  if (!Number.isFinite(value)) return String(value);
  return unit === 'share' ? `${(100 * value).toFixed(1)}%` : value.toFixed(3);
}

/** The figures of a final held-out evaluation as they are told; those left out that it did not measure. */
export function figuresOf(point: HeldOutPoint) {
  const rows = metricsOf('heldOut');
  return rows.flatMap(([key, metric]) => {
    if (metric.figure === undefined || point[key] === null) return [];
    const [label, note, beside] = metric.figure;
    const also = rows.flatMap(([other, row]) => (other === beside ? formatMetric(row, point[other]) : []));
    return [{ key, label, number: formatMetric(metric, point[key]), note: `${note}${also}` }];
  });
}

/** The training loss of a run, as it is told once it has ended: the mean over the last tenth of the steps. */
export function lastTrainLoss(points: readonly TrainPoint[]): number {
  const tail = points.slice(-Math.max(1, Math.ceil(points.length / 10)));
  return tail.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, tail.length);
}

/** The point with the best value of a metric, the first of those that are level. */
export function bestOf<K extends string, P extends Readonly<Record<K, number>>>(
  points: readonly P[],
  key: K,
  { better }: Metric,
): P | undefined {
  const sign = better === 'lower' ? 1 : -1;
  return points.reduce(
    (best: P | undefined, point) => (!best || sign * point[key] < sign * best[key] ? point : best),
    undefined,
  );
}
