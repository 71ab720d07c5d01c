import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { distance, normals, TESTED_BACKENDS } from '../../../../test/tensors.ts';
import { probeDevice } from '../../backend.ts';
import { throwOnDeviceFailure } from '../../deviceFailure.ts';
import { adamMoments, adamWUpdate, squareSum, stepControl } from './adamW.ts';
import { setFused } from './fusion.ts';

const BETAS = { beta1: 0.9, beta2: 0.98 };
const FACTORS = { keep: 0.999, stepSize: 0.01, secondScale: 7, epsilon: 1e-6 };

afterEach(() => {
  setFused(true);
  throwOnDeviceFailure();
});

/** One clipped update from known moments, in double precision. */
function expectedUpdate(
  parameter: Float32Array,
  moments: Float32Array,
  gradient: Float32Array,
  scale: number,
): number[] {
  return [...parameter].map((value, i) => {
    const slope = (gradient[i] ?? 0) * scale;
    const first = 0.9 * (moments[i] ?? 0) + 0.1 * slope;
    const second = 0.98 * (moments[gradient.length + i] ?? 0) + 0.02 * slope ** 2;
    return value * 0.999 - (0.01 * first) / (Math.sqrt(second) * 7 + 1e-6);
  });
}

for (const backend of [...TESTED_BACKENDS, 'webgl'] as const) {
  for (const fused of backend === 'webgl' ? [false] : [true, false]) {
    describe(`${backend}, ${fused ? 'our kernels' : 'plain ops'}`, () => {
      beforeAll(async () => {
        await probeDevice(backend);
      });

      async function update(gradient: Float32Array, loss: number, healthy = 1): Promise<Float32Array[]> {
        setFused(fused);
        const results = tf.tidy(() => {
          const slope = tf.tensor2d(gradient, [6, 4]);
          const moments = tf.tensor2d(MOMENTS, [2, 24]);
          const control = stepControl(tf.scalar(loss), squareSum([slope]), tf.tensor1d([1, healthy]), 1);
          const next = adamMoments(moments, slope, control, BETAS);
          return [control, next, adamWUpdate(tf.tensor2d(PARAMETER, [6, 4]), next, control, FACTORS)];
        });
        const values = await Promise.all(results.map((result) => result.data<'float32'>()));
        expect(results[2]?.shape).toEqual([6, 4]);
        tf.dispose(results);
        return values.map((value) => value.slice());
      }

      const PARAMETER = normals(24, 1);
      const MOMENTS = normals(48, 2).map((value, i) => (i < 24 ? value : value * value));

      test('a gradient above the clipping norm is scaled down to it', async () => {
        const gradient = normals(24, 3, 2);
        const norm = Math.hypot(...gradient);
        const [control = [], , parameter = []] = await update(gradient, 1);
        expect(control[0]).toBeCloseTo(1 / (norm + 1e-6), 6);
        expect(control[1]).toBe(1);
        expect(distance(parameter, expectedUpdate(PARAMETER, MOMENTS, gradient, 1 / (norm + 1e-6)))).toBeLessThan(2e-6);
      });

      test('a gradient below it is left alone', async () => {
        const gradient = normals(24, 3, 0.01);
        const [control = [], , parameter = []] = await update(gradient, 1);
        expect(control[0]).toBe(1);
        expect(distance(parameter, expectedUpdate(PARAMETER, MOMENTS, gradient, 1))).toBeLessThan(2e-6);
      });

      test('a loss or a gradient that is not finite, and any step after one, changes nothing', async () => {
        const gradient = normals(24, 3);
        const spoilt = gradient.slice();
        spoilt[5] = Number.POSITIVE_INFINITY;
        for (const [slopes, loss, healthy] of [
          [gradient, Number.NaN, 1],
          [gradient, Number.POSITIVE_INFINITY, 1],
          [spoilt, 1, 1],
          [spoilt.map((value) => (Number.isFinite(value) ? value : Number.NaN)), 1, 1],
          [gradient, 1, 0],
        ] as const) {
          const [control = [], moments, parameter] = await update(slopes, loss, healthy);
          expect(control[1]).toBe(0);
          expect(moments).toEqual(MOMENTS);
          expect(parameter).toEqual(PARAMETER);
        }
      });

      test('the sum of squares reads every tensor; without clipping the scale is 1', async () => {
        setFused(fused);
        const parts = [normals(70_000, 5), normals(3, 6), normals(500, 7)];
        const results = tf.tidy(() => {
          const squares = squareSum(parts.map((part) => tf.tensor1d(part)));
          return [squares, stepControl(tf.scalar(1), squares, tf.tensor1d([1, 1]), 0)];
        });
        const [total = [], control = []] = await Promise.all(results.map((result) => result.data()));
        const expected = parts.flatMap((part) => [...part]).reduce((sum, value) => sum + value * value, 0);
        expect(Math.abs((total[0] ?? 0) / expected - 1)).toBeLessThan(1e-5);
        expect(control[0]).toBe(1);
        tf.dispose(results);
      });
    });
  }
}
