/** From the log of a run to the rows that the loss chart draws: pure, so that it can be tested without a chart. */
import { debiasedAverage } from './smoothing.ts';
import { nearestIndex, thinnedIndices } from './thinning.ts';

/** Most rows that are drawn. */
export const DRAWN_ROWS = 500;

export interface LossSeries {
  readonly steps: ArrayLike<number>;
  readonly losses: ArrayLike<number>;
  readonly heldOutSteps: ArrayLike<number>;
  readonly heldOutLosses: ArrayLike<number>;
}

export interface LossView {
  /** Weight of the moving average, 0 to 0.99. */
  readonly smoothing: number;
  readonly logX: boolean;
  readonly logY: boolean;
}

/** One place on the axis. A series that has nothing there is left out of the row, and its line goes through. */
export interface LossRow {
  readonly step: number;
  readonly raw?: number;
  readonly smooth?: number;
  readonly heldOut?: number;
}

/**
 * Smooths the whole series, then thins it, then adds the held-out points at their steps. What a logarithmic axis can't show
 * (step 0, a loss of 0) is left out.
 * @returns rows by ascending step, at most {@link DRAWN_ROWS} and the held-out points
 */
export function lossRows(series: LossSeries, view: LossView): LossRow[] {
  const { steps, losses, heldOutSteps, heldOutLosses } = series;
  const smooth = debiasedAverage(losses, view.smoothing);
  const shown = (step: number, value: number): boolean =>
    Number.isFinite(value) && (!view.logX || step >= 1) && (!view.logY || value > 0);
  const positions = view.logX ? Float64Array.from(steps, (step) => Math.log(Math.max(1, step))) : steps;
  const rows = new Map<number, LossRow>();
  for (const index of thinnedIndices(positions, losses, DRAWN_ROWS)) {
    const step = steps[index] ?? 0;
    const raw = losses[index] ?? Number.NaN;
    if (shown(step, raw)) rows.set(step, { step, raw, smooth: smooth[index] ?? raw });
  }
  for (let index = 0; index < heldOutSteps.length; index++) {
    const step = heldOutSteps[index] ?? 0;
    const heldOut = heldOutLosses[index] ?? Number.NaN;
    if (shown(step, heldOut)) rows.set(step, { ...rows.get(step), step, heldOut });
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

/** The rows with other runs' losses as `other0`, `other1` and so on, at their own steps. */
export function withOthers(
  rows: readonly LossRow[],
  others: readonly { readonly steps: ArrayLike<number>; readonly losses: ArrayLike<number> }[],
  { logX, logY }: Pick<LossView, 'logX' | 'logY'>,
): LossRow[] {
  if (others.length === 0) return [...rows];
  const merged = new Map(rows.map((row) => [row.step, row]));
  others.forEach(({ steps, losses }, index) => {
    for (let at = 0; at < steps.length; at++) {
      const step = steps[at] ?? 0;
      const loss = losses[at] ?? Number.NaN;
      if (!Number.isFinite(loss) || (logX && step < 1) || (logY && loss <= 0)) continue;
      merged.set(step, { ...merged.get(step), step, [`other${index}`]: loss });
    }
  });
  return [...merged.values()].sort((a, b) => a.step - b.step);
}

/** What every series says at a step, or at the reading nearest to it. */
export interface LossReading {
  readonly step: number;
  readonly raw: number | null;
  readonly smooth: number | null;
  /** The held-out point nearest to the step, with its own step. */
  readonly heldOut: { readonly step: number; readonly loss: number } | null;
}

/** Reads all series at once, from the full series rather than from what is drawn. */
export function readingAt(series: LossSeries, smoothing: number, step: number): LossReading {
  const at = nearestIndex(series.steps, step);
  const heldOutAt = nearestIndex(series.heldOutSteps, step);
  return {
    step,
    raw: series.losses[at] ?? null,
    smooth: at < 0 ? null : (debiasedAverage(series.losses, smoothing)[at] ?? null),
    heldOut:
      heldOutAt < 0
        ? null
        : { step: series.heldOutSteps[heldOutAt] ?? 0, loss: series.heldOutLosses[heldOutAt] ?? Number.NaN },
  };
}

/**
 * The range of the loss axis: everything drawn and every reference line, with a nat below the highest of them and a little
 * air, so that the axis does not move while the loss falls within it.
 * @example lossDomain([{ step: 1, raw: 6.93 }], [6.93], false) // [5.5, 7]
 */
export function lossDomain(rows: readonly LossRow[], references: readonly number[], logY: boolean): [number, number] {
  let highest = Math.max(...references);
  let lowest = Math.min(highest - 1, ...references);
  for (const { raw, heldOut } of rows) {
    for (const value of [raw, heldOut]) {
      if (value === undefined) continue;
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
  }
  const floor = Math.floor(2 * (lowest - 0.1)) / 2;
  const ceiling = Math.ceil(2 * (highest + 0.05)) / 2;
  return [logY ? Math.max(floor, lowest / 1.5) : Math.max(0, floor), ceiling];
}

/**
 * Ticks of a linear axis: the multiples of 1, 2, 2.5 or 5 times a power of ten of which at most `most` fit.
 * @example linearTicks(5, 7.5, 6) // [5, 5.5, 6, 6.5, 7, 7.5]
 * @example linearTicks(0, 300, 6) // [0, 100, 200, 300], since 50 apart they would be seven
 */
export function linearTicks(lowest: number, highest: number, most: number): number[] {
  const span = Math.max(highest - lowest, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(span / most));
  const within = (distance: number): number[] => {
    const first = Math.ceil(lowest / distance - 1e-9);
    const last = Math.floor(highest / distance + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * distance).toPrecision(12)));
  };
  for (const factor of [1, 2, 2.5, 5, 10]) {
    const ticks = within(factor * power);
    if (ticks.length <= most) return ticks;
  }
  return within(20 * power);
}

/**
 * Ticks of a logarithmic axis: 1, 2 and 5 times the powers of ten; those of a linear axis where that gives fewer than three.
 * @example logTicks(1, 100) // [1, 2, 5, 10, 20, 50, 100]
 * @example logTicks(4, 7)   // [4, 4.5, 5, 5.5, 6, 6.5, 7]
 */
export function logTicks(lowest: number, highest: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(lowest)); power <= Math.log10(highest); power++) {
    for (const factor of [1, 2, 5]) ticks.push(Number((factor * 10 ** power).toPrecision(1)));
  }
  const within = ticks.filter((tick) => tick >= lowest && tick <= highest);
  return within.length >= 3 ? within : linearTicks(lowest, highest, 7);
}
