/** Every kernel of ours against the same op in plain tfjs, and every op of ours against what defines it, with its gradients. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { distance, normals, TESTED_BACKENDS, valueAndGradients } from '../../../../test/tensors.ts';
import { probeDevice } from '../../backend.ts';
import { throwOnDeviceFailure } from '../../deviceFailure.ts';
import { indexRows } from '../../step/rowIndex.ts';
import { crossEntropy, gatherRows } from '../composedOps.ts';
import { gelu, layerNorm, softmax } from './forwardOps.ts';
import { hasKernel, setFused } from './fusion.ts';

const TOLERANCE = 2e-6;

afterEach(() => {
  setFused(true);
  throwOnDeviceFailure();
});

/** Runs an op with our kernels and without, and compares the value and every gradient. */
async function expectSame(
  op: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  dy: tf.Tensor | null,
): Promise<void> {
  const before = tf.memory().numTensors;
  setFused(true);
  const ours = await valueAndGradients(op, inputs, dy);
  setFused(false);
  const reference = await valueAndGradients(op, inputs, dy);
  expect(tf.memory().numTensors).toBe(before);
  expect(ours.length).toBe(inputs.length + 1);
  for (const [index, values] of ours.entries()) {
    expect(distance(values, reference[index] ?? [])).toBeLessThan(TOLERANCE);
  }
}

for (const backend of TESTED_BACKENDS) {
  describe(backend, () => {
    beforeAll(async () => {
      await probeDevice(backend);
    });

    test('the kernels are there on WebGPU, and the switch and a gradient hide them', () => {
      expect(hasKernel('FolioGelu')).toBe(backend === 'webgpu');
      const seen: boolean[] = [];
      tf.tidy(() =>
        tf.grad((x) => {
          seen.push(hasKernel('FolioGelu'));
          return tf.square(x);
        })(tf.scalar(1)),
      );
      setFused(false);
      expect([...seen, hasKernel('FolioGelu')]).toEqual([false, false]);
    });

    test('gelu has the values and slopes of the normal distribution', async () => {
      // x, x·Φ(x) and Φ(x) + x·φ(x) from Python's math.erf.
      const oracle = [
        [-6, -5.919525869479969e-9, -3.546870945402639e-8],
        [-3, -0.00404969409489031, -0.011945647204183918],
        [-1, -0.15865525393145707, -0.08331547058768629],
        [-0.5, -0.15426876936299344, 0.13250487534383712],
        [0, 0, 0.5],
        [0.25, 0.14967658142073093, 0.695373354883636],
        [1, 0.8413447460685429, 1.0833154705876864],
        [2, 1.9544997361036416, 1.085231801078197],
        [5, 4.999998566742141, 1.000007146946002],
      ] as const;
      const x = tf.tensor1d(oracle.map((row) => row[0]));
      const [values = [], slopes = []] = await valueAndGradients((input) => gelu(input as tf.Tensor), [x]);
      for (const [index, [, value, slope]] of oracle.entries()) {
        expect(Math.abs((values[index] ?? Number.NaN) - value)).toBeLessThan(5e-7);
        expect(Math.abs((slopes[index] ?? Number.NaN) - slope)).toBeLessThan(5e-7);
      }
      x.dispose();
    });

    test('gelu and its gradient agree with plain ops', async () => {
      const [x, dy] = [tf.tensor2d(normals(300, 1, 2), [20, 15]), tf.tensor2d(normals(300, 2), [20, 15])];
      await expectSame((input) => gelu(input as tf.Tensor), [x, dy].slice(0, 1), dy);
      tf.dispose([x, dy]);
    });

    test('layerNorm and its three gradients agree with plain ops', async () => {
      const x = tf.tensor2d(normals(100 * 32, 3, 3), [100, 32]);
      const weight = tf.tensor1d(normals(32, 4));
      const bias = tf.tensor1d(normals(32, 5));
      const dy = tf.tensor2d(normals(100 * 32, 6), [100, 32]);
      const op = (...[a, b, c]: tf.Tensor[]): tf.Tensor =>
        layerNorm(a as tf.Tensor2D, b as tf.Tensor, c as tf.Tensor, 1e-5);
      await expectSame(op, [x, weight, bias], dy);
      // Against the definition with nothing rearranged.
      const definition = (...[a, b, c]: tf.Tensor[]): tf.Tensor => {
        const { mean, variance } = tf.moments(a as tf.Tensor, 1, true);
        return tf.add(
          tf.mul(tf.div(tf.sub(a as tf.Tensor, mean), tf.sqrt(tf.add(variance, 1e-5))), b as tf.Tensor),
          c as tf.Tensor,
        );
      };
      setFused(true);
      const ours = await valueAndGradients(op, [x, weight, bias], dy);
      const expected = await valueAndGradients(definition, [x, weight, bias], dy);
      for (const [index, values] of ours.entries()) expect(distance(values, expected[index] ?? [])).toBeLessThan(1e-5);
      tf.dispose([x, weight, bias, dy]);
    });

    test('softmax and its gradient agree with plain ops, and with −∞ as good as reached', async () => {
      const values = normals(6 * 5 * 7, 13, 4);
      values[3] = -3.4e38;
      const [x, dy] = [tf.tensor3d(values, [6, 5, 7]), tf.tensor3d(normals(6 * 5 * 7, 14), [6, 5, 7])];
      const op = (input: tf.Tensor | undefined): tf.Tensor => softmax(input as tf.Tensor);
      await expectSame(op, [x], dy);
      setFused(true);
      const [y = []] = await valueAndGradients(op, [x], dy);
      expect(y[3]).toBe(0);
      for (let row = 0; row < 30; row++) {
        let sum = 0;
        for (let i = 0; i < 7; i++) sum += y[row * 7 + i] ?? 0;
        expect(sum).toBeCloseTo(1, 5);
      }
      tf.dispose([x, dy]);
    });

    test('gatherRows takes rows, and adds the gradients of repeated rows; the frozen row gets none', async () => {
      const ids = Int32Array.of(4, 1, 4, 0, 6, 1, 4);
      const table = tf.tensor2d(normals(7 * 5, 11), [7, 5]);
      const dy = tf.tensor2d(normals(7 * 5, 12), [7, 5]);
      const index = indexRows(ids, 7, 1);
      const [rows = [], gradient = []] = await valueAndGradients(
        (input) => gatherRows(input as tf.Tensor2D, index),
        [table],
        dy,
      );
      const source = await table.data();
      const upstream = await dy.data();
      const expected = new Float32Array(35);
      for (const [place, id] of ids.entries()) {
        for (let i = 0; i < 5; i++) {
          expect(rows[place * 5 + i]).toBe(source[id * 5 + i]);
          const slot = id * 5 + i;
          if (id !== 1) expected[slot] = (expected[slot] ?? 0) + (upstream[place * 5 + i] ?? 0);
        }
      }
      expect(distance(gradient, expected)).toBeLessThan(TOLERANCE);
      tf.dispose([table, dy]);
    });

    test.each([0, 0.1])(
      'crossEntropy is −log of the softmax, its gradient softmax − target at smoothing %f, and rows of weight 0 count nothing',
      async (smoothing) => {
        const logits = tf.tensor2d([1000, 1001, 999, 0, 0, 0, 5, 1, 1, -3, 2, 0], [4, 3]);
        const labels = Int32Array.of(1, 2, 0, 0);
        const weights = Float32Array.of(0.5, 0.25, 0.25, 0);
        const outcome = (input: tf.Tensor | undefined) =>
          crossEntropy(input as tf.Tensor2D, labels, weights, smoothing);
        const [[loss] = []] = await valueAndGradients((input) => outcome(input).loss, [logits]);
        const [, gradient = []] = await valueAndGradients((input) => outcome(input).objective, [logits]);
        const rows = [
          [1000, 1001, 999],
          [0, 0, 0],
          [5, 1, 1],
        ];
        let expectedLoss = 0;
        const expected = rows.flatMap((row, index) => {
          const sum = row.reduce((total, value) => total + Math.exp(value - Math.max(...row)), 0);
          const share = row.map((value) => Math.exp(value - Math.max(...row)) / sum);
          const [label = 0, weight = 0] = [labels[index], weights[index]];
          expectedLoss -= weight * Math.log(share[label] ?? 0);
          return share.map(
            (value, column) => weight * (value - smoothing / 3 - (column === label ? 1 - smoothing : 0)),
          );
        });
        expect(loss).toBeCloseTo(expectedLoss, 6);
        expect(distance(gradient, [...expected, 0, 0, 0])).toBeLessThan(TOLERANCE);
        const accuracy = tf.tidy(() => crossEntropy(logits, labels, weights).accuracy);
        // Rows 0 and 2 are right (0.75); row 1 is a tie that goes to the first class.
        expect((await accuracy.data())[0]).toBeCloseTo(0.75, 6);
        tf.dispose([logits, accuracy]);
      },
    );
  });
}
