/** `metrics.csv` of the bundle: one row a step; a step's figures are those of the weights after that many updates. */
import type { HeldOutPoint, TrainPoint } from '../results.ts';

const COLUMNS = [
  'step',
  'loss',
  'masked_accuracy',
  'learning_rate',
  'gradient_norm',
  'tokens_per_second',
  'elapsed_seconds',
  'held_out_loss',
  'held_out_top1',
  'held_out_top5',
] as const;
type Column = (typeof COLUMNS)[number];
type Row = Partial<Record<Column, number>>;

/** Training and held-out points merged by step, in order of step; an empty field where a step has no such figure. */
export function metricsCsv(
  points: readonly TrainPoint[],
  heldOut: readonly Pick<HeldOutPoint, 'step' | 'loss' | 'top1' | 'top5'>[],
): string {
  const rows = new Map<number, Row>();
  const add = (step: number, figures: Row): void => {
    rows.set(step, { ...rows.get(step), step, ...figures });
  };
  for (const point of points) {
    add(point.step, {
      loss: point.loss,
      masked_accuracy: point.maskedAccuracy,
      learning_rate: point.learningRate,
      gradient_norm: point.gradientNorm,
      tokens_per_second: Math.round(point.tokensPerSecond),
      elapsed_seconds: Math.round(point.elapsedMs) / 1000,
    });
  }
  for (const point of heldOut) {
    add(point.step, { held_out_loss: point.loss, held_out_top1: point.top1, held_out_top5: point.top5 });
  }
  const inOrder = [...rows.values()].sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
  const lines = inOrder.map((row) => COLUMNS.map((column) => field(row[column])).join(','));
  return `${[COLUMNS.join(','), ...lines].join('\n')}\n`;
}

/** A number as Python and pandas read it. */
function field(value: number | undefined): string {
  if (value === undefined) return '';
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}
