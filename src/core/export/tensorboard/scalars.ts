/** What of a run goes into TensorBoard's event file: every scalar that was logged, under its tag. */
import type { HeldOutPoint, TrainPoint } from '../../results.ts';

/** One scalar of a point; null where the point has none. */
type Scalar<Point> = readonly [tag: string, read: (point: Point) => number | null];

const TRAINING: readonly Scalar<TrainPoint>[] = [
  ['train/loss', ({ loss }) => loss],
  ['train/masked_accuracy', ({ maskedAccuracy }) => maskedAccuracy],
  ['train/learning_rate', ({ learningRate }) => learningRate],
  ['train/gradient_norm', ({ gradientNorm }) => gradientNorm],
  ['train/tokens_per_second', ({ tokensPerSecond }) => tokensPerSecond],
  ['train/elapsed_seconds', ({ elapsedMs }) => elapsedMs / 1000],
];

const HELD_OUT: readonly Scalar<HeldOutPoint>[] = [
  ['held_out/loss', ({ loss }) => loss],
  ['held_out/standard_error', ({ standardError }) => standardError],
  ['held_out/document_error', ({ documentError }) => documentError],
  ['held_out/top1', ({ top1 }) => top1],
  ['held_out/top5', ({ top5 }) => top5],
  ['held_out/bits_per_byte', ({ bitsPerByte }) => bitsPerByte],
  ['held_out/calibration_error', ({ calibrationError }) => calibrationError],
  ['held_out/word_accuracy', ({ wordAccuracy }) => wordAccuracy],
];

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
  const event = <Point extends { readonly step: number }>(
    scalars: readonly Scalar<Point>[],
    point: Point,
    elapsedMs: number,
  ): ScalarEvent => {
    const there = scalars.filter(([, read]) => read(point) !== null);
    const found = there.map(([tag]) => tag);
    const tags = tagLists.get(found.join()) ?? found;
    tagLists.set(tags.join(), tags);
    const wallTimeSeconds = (startedMs + elapsedMs) / 1000;
    return { step: point.step, wallTimeSeconds, tags, values: there.map(([, read]) => read(point) ?? Number.NaN) };
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
