/** Products of every form, in both styles and with every tile, against sums in float64. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { run, testDevice, upload } from '../../../../test/dispatches.ts';
import { distance, normals } from '../../../../test/tensors.ts';
import { throwOnDeviceFailure } from '../../deviceFailure.ts';
import { createRange } from '../plan.ts';
import { denseGradients, plain } from './epilogues.ts';
import { matMul } from './matMul.ts';
import type { MatMul, MatMulForm } from './product.ts';
import { TILES } from './sharedMatMul.ts';

let device: GPUDevice;

beforeAll(async () => {
  device = await testDevice();
});

afterEach(throwOnDeviceFailure);

interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Multiples of every tile, sizes that none divides, and such for each of the tiles that larger products have. */
const SIZES: readonly Sizes[] = [
  { m: 64, n: 64, k: 32 },
  { m: 20, n: 68, k: 36 },
  { m: 100, n: 12, k: 4 },
  { m: 100, n: 108, k: 100 },
  { m: 164, n: 164, k: 160 },
];

function product(form: MatMulForm, { m, n, k }: Sizes, a: Float32Array, b: Float32Array): Float64Array {
  const result = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) {
        sum += (a[form === 'tn' ? l * m + i : i * k + l] ?? 0) * (b[form === 'nt' ? j * k + l : l * n + j] ?? 0);
      }
      result[i * n + j] = sum;
    }
  }
  return result;
}

/** What computes a product: the tiles of shared memory are chosen by a product's size, so that each is asked for by name. */
const KINDS = [
  { kind: 'single', dispatch: (sizes: MatMul) => matMul('single', sizes) },
  ...TILES.map((tile) => ({
    kind: `shared, ${tile.rows} × ${tile.columns}`,
    dispatch: (sizes: MatMul) => matMul('shared', sizes, tile),
  })),
];

describe.each(KINDS)('$kind', ({ dispatch }) => {
  describe.each(SIZES)('[$m × $k] · [$k × $n]', (sizes) => {
    test.each(['nt', 'nn', 'tn'] as const)('%s', async (form) => {
      const { m, n, k } = sizes;
      const [a, b] = [normals(m * k, 1), normals(k * n, 2)];
      const output = createRange(device, m * n);
      const [ranges, epilogue] = [{ a: upload(device, a), b: upload(device, b) }, plain(output)];
      const [values = []] = await run(
        device,
        [dispatch({ ...sizes, ...ranges, name: form, form, epilogue })],
        [output],
      );
      expect(distance(values, product(form, sizes, a, b))).toBeLessThan(1e-6);
    });
  });

  test('the gradients of a dense layer, added to what is there; gathered rows', async () => {
    const { m, n, k } = { m: 20, n: 36, k: 41 };
    const [a, b, weight, bias] = [normals(m * k, 1), normals(k * n, 2), normals(m * n, 3), normals(m, 4)];
    const rows = Int32Array.from({ length: k }, (_, row) => (7 * row) % k);
    const gathered = Float32Array.from(b, (_, at) => b[(rows[Math.floor(at / n)] ?? 0) * n + (at % n)] ?? 0);
    const [weightRange, biasRange] = [upload(device, weight), upload(device, bias)];
    const gradients = dispatch({
      ...{ name: 'gradients', form: 'tn', m, n, k },
      a: upload(device, a),
      b: upload(device, b),
      rowsOfB: upload(device, rows),
      epilogue: denseGradients(weightRange, biasRange, { weight: true, bias: true }),
    });
    const [weights = [], biases = []] = await run(device, [gradients], [weightRange, biasRange]);
    const expected = product('tn', { m, n, k }, a, gathered).map((value, at) => value + (weight[at] ?? 0));
    expect(distance(weights, expected)).toBeLessThan(1e-6);
    const sums = bias.map((value, i) => a.reduce((sum, entry, at) => (at % m === i ? sum + entry : sum), value));
    expect(distance(biases, sums)).toBeLessThan(1e-5);
  });

  test('gathered rows of the left operand', async () => {
    const sizes = { m: 12, n: 20, k: 24 };
    const [a, b] = [normals(40 * sizes.k, 1), normals(sizes.k * sizes.n, 2)];
    const rows = Int32Array.from({ length: sizes.m }, (_, row) => (11 * row) % 40);
    const gathered = Float32Array.from(
      { length: sizes.m * sizes.k },
      (_, at) => a[(rows[Math.floor(at / sizes.k)] ?? 0) * sizes.k + (at % sizes.k)] ?? 0,
    );
    const output = createRange(device, sizes.m * sizes.n);
    const rowsOfProduct = dispatch({
      ...{ ...sizes, name: 'gathered', form: 'nt' },
      a: upload(device, a),
      b: upload(device, b),
      rowsOfA: upload(device, rows),
      epilogue: plain(output),
    });
    const [values = []] = await run(device, [rowsOfProduct], [output]);
    expect(distance(values, product('nt', sizes, gathered, b))).toBeLessThan(1e-6);
  });
});
