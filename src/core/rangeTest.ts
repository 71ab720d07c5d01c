/**
 * The learning-rate range test: a short run in which the rate grows from far too low to far too high. Where the loss is
 * lowest, the rate is just about to be too high.
 * Source: Smith (2017), "Cyclical learning rates for training neural networks", section 3.3.
 */
import type { TrainingConfig } from './config.ts';

export interface RangePoint {
  readonly learningRate: number;
  /** Training loss before the update, nats. */
  readonly loss: number;
  /** Average over the steps before, recent ones counting most. */
  readonly smooth: number;
}

export interface RangeTest {
  readonly points: readonly RangePoint[];
  /** Where the averaged loss was lowest. */
  readonly lowest: number;
  /** A third of it: the average lags behind, and a whole run needs some room. */
  readonly suggested: number;
}

export const RANGE_STEPS = 120;
const HIGHEST_RATE = 1;
/** The lowest rate is the highest divided by this. */
export const RANGE_SPAN = 1e5;
const SMOOTHING = 0.85;
/** The test is over when the averaged loss is this much above its lowest. */
const WORSE_BY = 1;

/** The settings of the test's run. */
export function rangeTraining(training: TrainingConfig): TrainingConfig {
  return { ...training, steps: RANGE_STEPS, learningRate: HIGHEST_RATE, warmupSteps: 0, schedule: 'range' };
}

/** Adds a reading. A loss that is not a number ends the test and is left out. */
export function addReading(points: readonly RangePoint[], learningRate: number, loss: number): RangePoint[] {
  if (!Number.isFinite(loss)) return [...points];
  const before = points.at(-1)?.smooth ?? loss;
  // Early readings count more, or the first one would weigh on all.
  const share = Math.max(1 - SMOOTHING, 1 / (points.length + 1));
  return [...points, { learningRate, loss, smooth: before + share * (loss - before) }];
}

/** Whether higher rates would show nothing more. */
export function isOver(points: readonly RangePoint[]): boolean {
  const last = points.at(-1);
  return last !== undefined && last.smooth > Math.min(...points.map(({ smooth }) => smooth)) + WORSE_BY;
}

/** @returns null where there is nothing to read */
export function readRange(points: readonly RangePoint[]): RangeTest | null {
  const [first, ...others] = points;
  if (first === undefined) return null;
  const best = others.reduce((lowest, point) => (point.smooth < lowest.smooth ? point : lowest), first);
  return { points, lowest: best.learningRate, suggested: Number((best.learningRate / 3).toPrecision(2)) };
}
