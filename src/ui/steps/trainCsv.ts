/** The log of a run as a table that spreadsheets and pandas read; the same columns as `metrics.csv` of the export. */
import { metricsCsv } from '../../core/export/metricsCsv.ts';
import type { HeldOutPoint, TrainPoint } from '../../core/results.ts';
import type { MetricsLog } from '../../store/metricsLog.ts';

/** The whole log, nothing thinned. */
export function logCsv(log: MetricsLog): string {
  return metricsCsv(trainPoints(log), heldOutPoints(log));
}

function trainPoints({ train }: MetricsLog): TrainPoint[] {
  const at = (name: Parameters<typeof train.column>[0], row: number): number => train.column(name)[row] ?? Number.NaN;
  return Array.from({ length: train.length() }, (_, row) => ({
    step: at('step', row),
    loss: at('loss', row),
    maskedAccuracy: at('maskedAccuracy', row),
    learningRate: at('learningRate', row),
    gradientNorm: at('gradientNorm', row),
    tokensPerSecond: at('tokensPerSecond', row),
    elapsedMs: at('elapsedMs', row),
  }));
}

function heldOutPoints({ heldOut }: MetricsLog): Pick<HeldOutPoint, 'step' | 'loss' | 'top1' | 'top5'>[] {
  const at = (name: Parameters<typeof heldOut.column>[0], row: number): number =>
    heldOut.column(name)[row] ?? Number.NaN;
  return Array.from({ length: heldOut.length() }, (_, row) => ({
    step: at('step', row),
    loss: at('loss', row),
    top1: at('top1', row),
    top5: at('top5', row),
  }));
}
