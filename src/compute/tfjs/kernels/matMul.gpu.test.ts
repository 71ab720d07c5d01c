import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { distance, normals } from '../../../../test/tensors.ts';
import { probeDevice } from '../../backend.ts';
import { throwOnDeviceFailure } from '../../deviceFailure.ts';
import { setBarrierFree } from './matMul.ts';

afterEach(() => throwOnDeviceFailure());

/** The product in double precision. */
function product(
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
  flagA: boolean,
  flagB: boolean,
): number[] {
  const result: number[] = [];
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let i = 0; i < k; i++) {
        const x = a[flagA ? i * m + row : row * k + i] ?? 0;
        const y = b[flagB ? column * k + i : i * n + column] ?? 0;
        sum += x * y;
      }
      result.push(sum);
    }
  }
  return result;
}

/** m, k and n: none a multiple of four; all of them; multiples of four that leave partial tiles; one tile and less. */
const SHAPES = [
  [13, 9, 7],
  [16, 8, 24],
  [20, 12, 28],
  [4, 4, 4],
  [13, 8, 7],
] as const;

for (const [backend, barrierFree] of [
  ['webgpu', false],
  ['webgpu', true],
] as const) {
  describe(barrierFree ? `${backend} without barriers` : backend, () => {
    beforeAll(async () => {
      await probeDevice(backend);
      setBarrierFree(barrierFree);
    });

    for (const [flagA, flagB] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ] as const) {
      test(`one matrix and a batch of them, transposed ${flagA} ${flagB}`, async () => {
        for (const sizes of SHAPES) await expectProducts(sizes, flagA, flagB);
      });
    }

    test('a long inner dimension gives the same bits twice', async () => {
      const a = tf.tensor2d(normals(20 * 4096, 3), [20, 4096]);
      const b = tf.tensor2d(normals(4096 * 24, 4), [4096, 24]);
      const products = [tf.matMul(a, b), tf.matMul(a, b)];
      const [first = [], second = []] = await Promise.all(products.map((result) => result.data()));
      expect(first).toEqual(second);
      expect(
        distance(first, product(normals(20 * 4096, 3), normals(4096 * 24, 4), 20, 4096, 24, false, false)),
      ).toBeLessThan(1e-5);
      tf.dispose([a, b, ...products]);
    });
  });
}

async function expectProducts(
  [m, k, n]: readonly [number, number, number],
  flagA: boolean,
  flagB: boolean,
): Promise<void> {
  const before = tf.memory().numTensors;
  const batch = 6;
  const a = normals(batch * m * k, 1);
  const b = normals(batch * k * n, 2);
  const shape = (rows: number, columns: number, flag: boolean): [number, number] =>
    flag ? [columns, rows] : [rows, columns];
  const results = tf.tidy(() => {
    const x = tf.tensor4d(a, [2, 3, ...shape(m, k, flagA)]);
    const y = tf.tensor4d(b, [2, 3, ...shape(k, n, flagB)]);
    const first = (t: tf.Tensor4D): tf.Tensor2D =>
      tf.reshape(tf.slice(t, 0, [1, 1, -1, -1]), t.shape.slice(2) as [number, number]);
    return [tf.matMul(x, y, flagA, flagB), tf.matMul(first(x), first(y), flagA, flagB)];
  });
  const [many = [], one = []] = await Promise.all(results.map((result) => result.data()));
  const expected = Array.from({ length: batch }, (_, i) =>
    product(a.subarray(i * m * k, (i + 1) * m * k), b.subarray(i * k * n, (i + 1) * k * n), m, k, n, flagA, flagB),
  );
  expect(results[0]?.shape).toEqual([2, 3, m, n]);
  expect(distance(many, expected.flat())).toBeLessThan(1e-6);
  expect(distance(one, expected[0] ?? [])).toBeLessThan(1e-6);
  tf.dispose(results);
  expect(tf.memory().numTensors).toBe(before);
}

describe('WebGPU', () => {
  test('no product is split along its inner dimension, which would add with atomics', async () => {
    await probeDevice('webgpu');
    setBarrierFree(false);
    const backend = tf.backend() as unknown as { readonly pipelineCache: Readonly<Record<string, unknown>> };
    const product = tf.tidy(() => tf.matMul(tf.ones([20, 3000]), tf.ones([3000, 24])));
    await product.data();
    const programs = Object.keys(backend.pipelineCache).filter((key) => key.startsWith('matMul'));
    expect(programs.length).toBeGreaterThan(0);
    expect(programs.filter((key) => /split/i.test(key))).toEqual([]);
    product.dispose();
  });
});
