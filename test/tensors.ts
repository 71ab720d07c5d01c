/** Helpers of the GPU tests: backends, tensors with known contents, and distances. Nothing but tests imports this. */
import * as tf from '@tensorflow/tfjs';
import type { BackendName } from '../src/core/device.ts';
import { createRng } from '../src/core/rng.ts';
import type { Batch } from '../src/text/batches/batch.ts';

/** Backends that every kernel is checked on. webgl has none of ours: it runs the references. */
export const TESTED_BACKENDS: readonly BackendName[] = ['webgpu', 'wasm', 'cpu'];

/** Normal numbers, the same for the same seed. */
export function normals(size: number, seed: number, deviation = 1): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: size }, () => deviation * rng.normal());
}

/** Largest difference of two arrays of the same length, relative to the largest number of the second. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} numbers against ${b.length}`);
  let largest = 0;
  let scale = 1e-30;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN));
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, difference);
    scale = Math.max(scale, Math.abs(b[i] ?? 0));
  }
  return largest / scale;
}

/** Value and gradients of an op for a given gradient of its value, read back. */
export async function valueAndGradients(
  op: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  dy: tf.Tensor | null = null,
): Promise<Float32Array[]> {
  const results = tf.tidy(() => {
    const weigh = (y: tf.Tensor): tf.Tensor => (dy === null ? y : tf.sum(tf.mul(y, dy)));
    return [op(...inputs), ...tf.grads((...xs) => weigh(op(...xs)))([...inputs])];
  });
  const values = await Promise.all(results.map((result) => result.data<'float32'>()));
  tf.dispose(results);
  return values.map((value) => value.slice());
}

/** A batch of random tokens, each row ending in `padding` pads, with every sixth position masked. */
export function randomBatch(sizes: {
  readonly rows: number;
  readonly columns: number;
  readonly vocabSize: number;
  readonly seed: number;
  readonly padding?: number;
}): Batch {
  const { rows, columns, vocabSize, seed, padding = 0 } = sizes;
  const rng = createRng(seed);
  const tokens = columns - padding;
  const isToken = (place: number): boolean => place % columns < tokens;
  const labels = Int32Array.from({ length: rows * columns }, (_, place) => {
    const id = 5 + rng.int(vocabSize - 5);
    return isToken(place) ? id : 1;
  });
  const chosen = Uint8Array.from(labels, (_, place) => (place % 6 === 1 && isToken(place) ? 1 : 0));
  const places = [...chosen.keys()].filter((place) => chosen[place] === 1);
  // Two unused entries, as a batch with fewer masks than room has.
  const maskedPositions = Int32Array.from([...places, 0, 0]);
  return {
    rows,
    columns,
    labels,
    chosen,
    maskedPositions,
    inputIds: labels.map((id, place) => (chosen[place] === 1 ? 3 : id)),
    attentionMask: labels.map((_, place) => (isToken(place) ? 1 : 0)),
    maskedWeights: Float32Array.from(maskedPositions, (_, entry) => (entry < places.length ? 1 : 0)),
    tokens: rows * tokens,
    maskedCount: places.length,
  };
}
