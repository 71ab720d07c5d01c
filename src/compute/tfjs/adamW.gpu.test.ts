import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { distance, normals } from '../../../test/tensors.ts';
import { BACKEND_NAMES } from '../../core/device.ts';
import { probeDevice } from '../backend.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { adamW } from './executor.ts';

const CONFIG = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, clipNorm: 1 };
const SCALARS = { keep: 0.999, stepSize: 0.01, secondScale: 7 };

afterEach(throwOnDeviceFailure);

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
    return value * (i < 22 ? 0.999 : 1) - (0.01 * first) / (Math.sqrt(second) * 7 + 1e-6);
  });
}

describe.each(BACKEND_NAMES)('%s', (backend) => {
  beforeAll(async () => {
    await probeDevice(backend);
  });

  /** @returns control, both moments, the parameters and the norm after a step; all but the last two numbers decay */
  async function update(gradient: Float32Array, loss: number, healthy = 1, clipNorm = 1): Promise<Float32Array[]> {
    const results = tf.tidy(() => {
      const before = {
        parameters: tf.tensor1d(PARAMETER),
        first: tf.tensor1d(MOMENTS.slice(0, 24)),
        second: tf.tensor1d(MOMENTS.slice(24)),
        control: tf.tensor1d([1, healthy]),
      };
      const decayed = tf.tensor1d(PARAMETER.map((_, i) => (i < 22 ? 1 : 0)));
      const after = adamW(before, decayed, tf.scalar(loss), tf.tensor1d(gradient), SCALARS, { ...CONFIG, clipNorm });
      return [after.control, tf.concat([after.first, after.second]), after.parameters, after.norm];
    });
    const values = await Promise.all(results.map((result) => result.data<'float32'>()));
    tf.dispose(results);
    return values.map((value) => value.slice());
  }

  const PARAMETER = normals(24, 1);
  const MOMENTS = normals(48, 2).map((value, i) => (i < 24 ? value : value * value));

  test('a gradient above the clipping norm is scaled down to it', async () => {
    const gradient = normals(24, 3, 2);
    const norm = Math.hypot(...gradient);
    const [control = [], , parameter = [], [found] = []] = await update(gradient, 1);
    expect(found).toBeCloseTo(norm, 5);
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

  test('the norm is that of all numbers; without clipping the scale is 1', async () => {
    const gradient = normals(70_503, 5);
    const results = tf.tidy(() => {
      const zeros = tf.zeros([gradient.length]);
      const before = { parameters: zeros, first: zeros, second: zeros, control: tf.tensor1d([1, 1]) };
      const after = adamW(before, zeros, tf.scalar(1), tf.tensor1d(gradient), SCALARS, { ...CONFIG, clipNorm: 0 });
      return [after.norm, after.control];
    });
    const [norm = [], control = []] = await Promise.all(results.map((result) => result.data()));
    expect(Math.abs((norm[0] ?? 0) / Math.hypot(...gradient) - 1)).toBeLessThan(1e-5);
    expect(control[0]).toBe(1);
    tf.dispose(results);
  });
});
