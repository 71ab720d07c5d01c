/** What of a run goes into TensorBoard's event file: every scalar that was logged, under its tag. */
import { type HeldOutPoint, readersOf, type TrainPoint } from '../../../core/metrics.ts';

const TRAINING = readersOf('train', 'tag');
const HELD_OUT = readersOf('heldOut', 'tag');

/** The scalars of one step. */
export interface ScalarEvent {
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTimeSeconds: number;
  /** In the order of `values`. The same list for all events that have the same tags. */
  readonly tags: readonly string[];
  readonly values: readonly number[];
}

/**
 * The events of a run in order of step, training before held-out text. A pause takes no time: the wall time is the start and
 * the time trained since.
 */
export function* scalarEvents(
  startedMs: number,
  points: readonly TrainPoint[],
  heldOut: readonly HeldOutPoint[],
): Generator<ScalarEvent> {
  const tagLists = new Map<string, readonly string[]>();
  const event = <P extends { readonly step: number }>(
    readers: readonly { name: string; read(point: P): number | null }[],
    point: P,
    elapsedMs: number,
  ): ScalarEvent => {
    const [found, values]: [string[], number[]] = [[], []];
    for (const { name, read } of readers) {
      const value = read(point);
      if (value === null) continue;
      found.push(name);
      values.push(value);
    }
    const tags = tagLists.get(found.join()) ?? found;
    tagLists.set(tags.join(), tags);
    return { step: point.step, wallTimeSeconds: (startedMs + elapsedMs) / 1000, tags, values };
  };
  let next = 0;
  let elapsedMs = 0;
  for (const look of heldOut) {
    // A reading of step 9 is taken after the tenth step, and a look at step 10 after that.
    for (let point = points[next]; point !== undefined && point.step < look.step; point = points[++next]) {
      elapsedMs = point.elapsedMs;
      yield event(TRAINING, point, elapsedMs);
    }
    yield event(HELD_OUT, look, elapsedMs);
  }
  for (; next < points.length; next++) {
    const point = points[next];
    if (point !== undefined) yield event(TRAINING, point, point.elapsedMs);
  }
}
