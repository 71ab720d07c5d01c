import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { probeDevice } from '../../backend.ts';

for (const backend of ['wasm', 'webgpu', 'webgl', 'cpu'] as const) {
  test(`one-hot on ${backend} gives numbers of the type asked for, and zeros for an id outside`, async () => {
    await probeDevice(backend);
    for (const dtype of ['float32', 'int32'] as const) {
      const ids = tf.tensor1d([2, -1, 0, 3], 'int32');
      const rows = tf.oneHot(ids, 3, 1, 0, dtype);
      expect(rows.dtype).toBe(dtype);
      expect([...(await rows.data())]).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
      tf.dispose([ids, rows]);
    }
  });
}
