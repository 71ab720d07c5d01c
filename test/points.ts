/** Points of a run, for tests: what a test does not give is a figure that it does not read, for whatever metrics there are. */
import { type HeldOutPoint, metricsOf, type Point, type TrainPoint } from '../src/core/metrics.ts';

const any = <G extends 'train' | 'heldOut'>(group: G): Point<G> =>
  ({
    step: 0,
    ...Object.fromEntries(metricsOf(group).map(([key, { unit }]) => [key, unit === 'count' ? 2 : 0.125])),
  }) as never;

export function trainPoint(given: Partial<TrainPoint>): TrainPoint {
  return { ...any('train'), ...given };
}

/** A look at the held-out text. */
export function heldOutPoint(given: Partial<HeldOutPoint>): HeldOutPoint {
  return { ...any('heldOut'), wordAccuracy: null, ...given };
}
