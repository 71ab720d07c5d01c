/**
 * The learning-rate range test: a short run in which the rate grows from far too low to far too high, until the loss turns
 * upwards. The curve says little of the rates below: batches differ by more than they do. So a few of them are tried out, each
 * for the same steps on the same batches, and the one that ends lowest is recommended.
 * Source: Smith (2017), "Cyclical learning rates for training neural networks", section 3.3, for the curve.
 */
import type { TrainingConfig } from './config.ts';

export interface RangePoint {
  readonly learningRate: number;
  /** Training loss before the update, nats. */
  readonly loss: number;
  /** Average over the steps before, recent ones counting most. */
  readonly smooth: number;
}

/** A rate that was tried out: where it began and ended, as means over a few steps, in nats. */
export interface RateTrial {
  readonly learningRate: number;
  readonly first: number;
  readonly last: number;
}

export interface RangeTest {
  readonly points: readonly RangePoint[];
  /** From where on the loss rises; null: it does not. */
  readonly turn: number | null;
  readonly trials: readonly RateTrial[];
  /** null: the curve and the trials do not allow a recommendation. */
  readonly suggested: number | null;
}

export const RANGE_STEPS = 120;
const HIGHEST_RATE = 1;
/** The lowest rate is the highest divided by this. */
export const RANGE_SPAN = 1e5;
const SMOOTHING = 0.85;
/** The test is over when the averaged loss is this much above its lowest. */
const WORSE_BY = 1;

/** The averaged loss has turned once it stays this much above its lowest: more than batches differ by. */
const TURNED_BY = 0.15;
/** What the rate of the turn is divided by for the rates that are tried out. */
const BELOW_TURN = [3, 9, 27] as const;
export const TRIAL_STEPS = 60;
/** Steps that the first and the last loss of a trial are the means of. */
const FIRST_STEPS = 5;
const LAST_STEPS = 10;
/** A lower rate is taken where it is behind by less: a whole run is longer, and high rates are best only at its start. */
const LEVEL = 0.02;
/** All the steps of a test. */
export const ALL_STEPS = RANGE_STEPS + BELOW_TURN.length * TRIAL_STEPS;

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

/** The rate from which on the averaged loss rises; null where it does not. */
export function turnOf(points: readonly RangePoint[]): number | null {
  const lowest = Math.min(...points.map(({ smooth }) => smooth));
  const last = points.findLastIndex(({ smooth }) => smooth <= lowest + TURNED_BY);
  return points[last + 1]?.learningRate ?? null;
}

/** The rates to try out, the highest first. */
export function ratesBelow(turn: number): number[] {
  return BELOW_TURN.map((divisor) => Number((turn / divisor).toPrecision(2)));
}

/** The settings of a trial: a whole run, small. Without its warm-up and its fall, low rates would always end lowest. */
export function trialTraining(training: TrainingConfig, learningRate: number): TrainingConfig {
  return { ...training, steps: TRIAL_STEPS, learningRate, warmupSteps: TRIAL_STEPS / 3, schedule: 'cosine' };
}

/** @param losses of each of its steps; fewer where one was not a number */
export function readTrial(learningRate: number, losses: readonly number[]): RateTrial {
  const mean = (some: readonly number[]): number => some.reduce((sum, loss) => sum + loss, 0) / some.length;
  const isWhole = losses.length === TRIAL_STEPS;
  const last = isWhole ? mean(losses.slice(-LAST_STEPS)) : Number.POSITIVE_INFINITY;
  return { learningRate, first: mean(losses.slice(0, FIRST_STEPS)), last };
}

/** The rate of the trial that ended lowest, or a lower one that is level with it; null where none of them lowered the loss. */
export function bestTrial(trials: readonly RateTrial[]): number | null {
  const lowest = Math.min(...trials.map(({ last }) => last));
  const level = trials.filter(({ first, last }) => last <= lowest + LEVEL && last < first - LEVEL);
  return level.length === 0 ? null : Math.min(...level.map(({ learningRate }) => learningRate));
}
