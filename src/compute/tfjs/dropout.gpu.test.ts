import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { normals, valueAndGradients } from '../../../test/tensors.ts';
import { uniformAt } from '../../core/rng.ts';
import { probeDevice } from '../backend.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { dropout } from './composedOps.ts';

const SIZE = 40_000;
const SEED = 0xdeadbeef;

for (const backend of ['webgpu', 'wasm', 'cpu', 'webgl'] as const) {
  describe(backend, () => {
    beforeAll(async () => {
      await probeDevice(backend);
    });

    test('drops exactly the places that the hash of (seed, place) says, and scales the others', async () => {
      const values = normals(SIZE, 1);
      const x = tf.tensor2d(values, [200, 200]);
      const y = dropout(x, 0.1, SEED);
      const result = await y.data();
      let dropped = 0;
      for (const [place, value] of values.entries()) {
        const keeps = uniformAt(SEED, place) >= 0.1;
        if (!keeps) dropped++;
        const expected = keeps ? value / 0.9 : 0;
        if (Math.abs((result[place] ?? Number.NaN) - expected) > 1e-6 * Math.abs(expected)) {
          expect.fail(`place ${place}: ${result[place]}, not ${expected}`);
        }
      }
      // Five standard errors of a binomial of 40,000 draws.
      expect(Math.abs(dropped / SIZE - 0.1)).toBeLessThan(5 * Math.sqrt((0.1 * 0.9) / SIZE));
      tf.dispose([x, y]);
      throwOnDeviceFailure();
    });

    test('the gradient goes where the value went', async () => {
      const x = tf.ones([100, 50]);
      const [y = [], dx = []] = await valueAndGradients((input) => dropout(input as tf.Tensor, 0.3, SEED), [x]);
      expect(dx).toEqual(y);
      expect(new Set([...y].map((value) => value.toFixed(4)))).toEqual(new Set(['0.0000', (1 / 0.7).toFixed(4)]));
      x.dispose();
    });

    test('another seed drops other places; rate 0 drops none and costs nothing', async () => {
      const x = tf.ones([1000]);
      const [a, b] = [dropout(x, 0.5, 1), dropout(x, 0.5, 2)];
      expect(await a.data()).not.toEqual(await b.data());
      expect(dropout(x, 0, 1)).toBe(x);
      tf.dispose([x, a, b]);
    });
  });
}
