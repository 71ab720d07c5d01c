/** Every kernel but the products in both styles, forward and backward, against the same in tfjs ops. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { run, testDevice, upload } from '../../../../test/dispatches.ts';
import { distance, normals, valueAndGradients } from '../../../../test/tensors.ts';
import { throwOnDeviceFailure } from '../../deviceFailure.ts';
import { crossEntropy as crossEntropyOp, dropout as dropoutOp } from '../../tfjs/composedOps.ts';
import { gelu, layerNorm } from '../../tfjs/kernels/forwardOps.ts';
import { setFused } from '../../tfjs/kernels/fusion.ts';
import { createRange, type Range } from '../plan.ts';
import { attentionForward, attentionKeyGradient, attentionScoreGradient } from './attention.ts';
import { crossEntropy } from './crossEntropy.ts';
import { biased, dropped, inTurn, plain, plus, store, times, gelu as withGelu } from './epilogues.ts';
import { matMul } from './matMul.ts';
import { normBackward, normForward } from './norm.ts';
import { directly, embedded, gathered, rowsForward, scattered } from './rowSources.ts';
import { joinParts, normSums, plainSums } from './rowSums.ts';

const TOLERANCE = 3e-6;
const SEED = 12345;

let device: GPUDevice;

beforeAll(async () => {
  device = await testDevice();
  setFused(false);
});

afterAll(() => setFused(true));

afterEach(throwOnDeviceFailure);

function empty(length: number): Range {
  return createRange(device, length);
}

describe.each(['single', 'shared'] as const)('style %s', (style) => {
  // A length that four divides, one that only two and one that nothing divides.
  test.each([
    { columns: 8, heads: 2, headSize: 16, rate: 0.2 },
    { columns: 6, heads: 1, headSize: 36, rate: 0 },
    { columns: 5, heads: 3, headSize: 4, rate: 0.5 },
    { columns: 4, heads: 1, headSize: 64, rate: 0.1 },
    { columns: 3, heads: 2, headSize: 96, rate: 0.1 },
  ])('attention over $columns places, dropout $rate', async ({ columns, heads, headSize, rate }) => {
    const shape = { batch: 2, columns, heads, headSize };
    const [N, H] = [2 * columns, heads * headSize];
    const [x, dy] = [normals(N * 3 * H, 1), normals(N * H, 2)];
    const attended = Int32Array.from({ length: N }, (_, place) => (place < N - 2 ? 1 : 0));
    const dropout = { rate, seed: upload(device, Uint32Array.of(SEED)) };
    const ranges = {
      qkv: upload(device, x),
      attended: upload(device, attended),
      probabilities: empty(2 * heads * columns * columns),
      context: empty(N * H),
      dContext: upload(device, dy),
      dScores: empty(2 * heads * columns * columns),
      dQkv: empty(N * 3 * H),
    };
    const dispatches = [
      attentionForward(style, shape, ranges, dropout),
      attentionScoreGradient(style, shape, ranges, dropout),
      attentionKeyGradient(style, shape, ranges),
    ];
    const [context = [], dQkv = []] = await run(device, dispatches, [ranges.context, ranges.dQkv]);
    const bias = tf.tensor4d(
      [...attended].map((one) => (one === 1 ? 0 : -3.4e38)),
      [2, 1, 1, columns],
    );
    const attention = (qkv: tf.Tensor): tf.Tensor => {
      const split = tf.transpose(tf.reshape(qkv, [2, columns, 3, heads, headSize]), [2, 0, 3, 1, 4]);
      const [q, k, v] = tf.unstack(split) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const scores = tf.div(tf.matMul(q, k, false, true), Math.sqrt(headSize));
      const shares = dropoutOp(tf.softmax(tf.add(scores, bias)), rate, SEED);
      return tf.reshape(tf.transpose(tf.matMul(shares, v), [0, 2, 1, 3]), [N, H]);
    };
    const inputs = [tf.tensor2d(x, [N, 3 * H]), tf.tensor2d(dy, [N, H])] as const;
    const [value = [], gradient = []] = await valueAndGradients(
      (input) => attention(input as tf.Tensor),
      [inputs[0]],
      inputs[1],
    );
    tf.dispose([...inputs, bias]);
    expect(distance(context, value)).toBeLessThan(TOLERANCE);
    expect(distance(dQkv, gradient)).toBeLessThan(TOLERANCE);
  });

  test('LayerNorm, its three gradients, and the dropout in front', async () => {
    const [rows, width] = [70, 36];
    const [x, dy] = [normals(rows * width, 3, 3), normals(rows * width, 4)];
    const [scale, shift] = [normals(width, 5), normals(width, 6)];
    const shape = { rows, width };
    const parts = { width, stride: 64, columns: 192, stretches: 8 };
    const ranges = { x: upload(device, x), moments: empty(2 * rows) };
    const outputRange = empty(rows * width);
    const scaleRange = upload(device, scale);
    const [dx, dxDropped, stretches, sums] = [empty(rows * width), empty(rows * width), empty(8 * 192), empty(192)];
    const dropout = { rate: 0.3, seed: upload(device, Uint32Array.of(SEED)) };
    const upstream = directly(upload(device, dy), width);
    const read = await run(
      device,
      [
        normForward(
          style,
          shape,
          1e-5,
          { ...ranges, scale: scaleRange, shift: upload(device, shift) },
          plain(outputRange),
        ),
        normBackward(
          style,
          shape,
          { ...ranges, scale: scaleRange },
          upstream,
          inTurn(store(dx), dropped(dropout), store(dxDropped)),
        ),
        normSums(parts, stretches, [{ rows, ...ranges, upstream, column: 64, adds: false }]),
        plainSums(parts, stretches, dx, { rows, column: 0, adds: false }),
        joinParts(parts, stretches, sums, false),
      ],
      [outputRange, dx, dxDropped, sums],
    );
    const [output = [], dxValues = [], droppedValues = [], sumValues = new Float32Array()] = read;
    const inputs = [tf.tensor2d(x, [rows, width]), tf.tensor1d(scale), tf.tensor1d(shift)];
    const upstreamTensor = tf.tensor2d(dy, [rows, width]);
    const op = (...[a, b, c]: tf.Tensor[]): tf.Tensor =>
      layerNorm(a as tf.Tensor2D, b as tf.Tensor, c as tf.Tensor, 1e-5);
    const [value = [], dX = new Float32Array(), dScale = [], dShift = []] = await valueAndGradients(
      op,
      inputs,
      upstreamTensor,
    );
    const mask = dropoutOp(tf.tensor2d(dX, [rows, width]), 0.3, SEED);
    expect(distance(output, value)).toBeLessThan(TOLERANCE);
    expect(distance(dxValues, dX)).toBeLessThan(TOLERANCE);
    expect(distance(droppedValues, await mask.data())).toBeLessThan(TOLERANCE);
    const columnSums = Array.from({ length: width }, (_, c) =>
      dX.reduce((sum, v, at) => (at % width === c ? sum + v : sum), 0),
    );
    expect(distance(sumValues.subarray(0, width), columnSums)).toBeLessThan(1e-4);
    expect(distance(sumValues.subarray(64, 64 + width), dScale)).toBeLessThan(TOLERANCE);
    expect(distance(sumValues.subarray(128, 128 + width), dShift)).toBeLessThan(TOLERANCE);
    tf.dispose([...inputs, upstreamTensor, mask]);
  });

  test('rows that the head did not read have no gradient', async () => {
    const [rows, width] = [5, 8];
    const ranges = {
      x: upload(device, normals(rows * width, 7)),
      moments: upload(device, new Float32Array(10).fill(1)),
    };
    const dx = empty(rows * width);
    const upstream = scattered(
      upload(device, normals(2 * width, 8)),
      upload(device, Int32Array.of(-1, 1, -1, 0, -1)),
      width,
    );
    const scale = upload(device, new Float32Array(width).fill(1));
    const [values = []] = await run(
      device,
      [normBackward(style, { rows, width }, { ...ranges, scale }, upstream, plain(dx))],
      [dx],
    );
    const isZero = Array.from({ length: rows }, (_, row) =>
      values.slice(row * width, (row + 1) * width).every((v) => v === 0),
    );
    expect(isZero).toEqual([true, false, true, false, true]);
  });

  test.each([0, 0.1])(
    'cross-entropy, its gradient at smoothing %f and the hits; rows of weight 0 and columns beyond the vocabulary count nothing',
    async (smoothing) => {
      const [rows, vocabSize, padded] = [6, 70, 72];
      const values = normals(rows * vocabSize, 9, 3);
      values.fill(9, 2 * vocabSize, 2 * vocabSize + 2);
      const wide = new Float32Array(rows * padded).fill(99);
      for (let row = 0; row < rows; row++)
        wide.set(values.subarray(row * vocabSize, (row + 1) * vocabSize), row * padded);
      const highest = (row: number): number => {
        const own = values.subarray(row * vocabSize, (row + 1) * vocabSize);
        return own.indexOf(Math.max(...own));
      };
      // A hit, a miss, a tie that goes to the first, the same tie's second, the last column, an unused row.
      const labels = Int32Array.of(highest(0), (highest(1) + 1) % vocabSize, 0, highest(3), 69, 5);
      const weights = Float32Array.of(0.1, 0.2, 0.3, 0.15, 0.25, 0);
      const ranges = {
        logits: upload(device, wide),
        labels: upload(device, labels),
        weights: upload(device, weights),
        figures: empty(2 * rows),
      };
      const shape = { rows, vocabSize, paddedVocabSize: padded, smoothing };
      const [gradient = new Float32Array(), figures = new Float32Array()] = await run(
        device,
        [crossEntropy(style, shape, ranges, false)],
        [ranges.logits, ranges.figures],
      );
      const logits = tf.tensor2d(values, [rows, vocabSize]);
      const [, expected = new Float32Array()] = await valueAndGradients(
        (input) => crossEntropyOp(input as tf.Tensor2D, labels, weights, smoothing).objective,
        [logits],
      );
      const [[loss] = []] = await valueAndGradients(
        (input) => crossEntropyOp(input as tf.Tensor2D, labels, weights, smoothing).loss,
        [logits],
      );
      logits.dispose();
      const even = Float32Array.from({ length: rows }, (_, row) => figures[2 * row] ?? 0);
      expect(even.reduce((a, b) => a + b, 0)).toBeCloseTo(loss ?? Number.NaN, 5);
      const hits = Array.from({ length: rows }, (_, row) => (figures[2 * row + 1] ?? 0) > 0);
      expect(hits).toEqual([true, false, true, true, highest(4) === 69, false]);
      for (let row = 0; row < rows; row++) {
        const own = gradient.subarray(row * padded, (row + 1) * padded);
        expect(
          distance(
            [1, ...own.subarray(0, vocabSize)],
            [1, ...expected.subarray(row * vocabSize, (row + 1) * vocabSize)],
          ),
        ).toBeLessThan(TOLERANCE);
        expect([...own.subarray(vocabSize)]).toEqual([0, 0]);
      }
    },
  );

  test('what follows a product: bias and GELU with its slope; bias, dropout and residual', async () => {
    const sizes = { m: 20, n: 12, k: 8 };
    const [a, b] = [normals(sizes.m * sizes.k, 10), normals(sizes.n * sizes.k, 11)];
    const [bias, other] = [normals(sizes.n, 12), normals(sizes.m * sizes.n, 13)];
    const [wide, slope, back, sum] = [empty(240), empty(240), empty(240), empty(240)];
    const operands = { a: upload(device, a), b: upload(device, b) };
    const transposed = Float32Array.from(b, (_, at) => b[(at % sizes.n) * sizes.k + Math.floor(at / sizes.n)] ?? 0);
    const biasRange = upload(device, bias);
    const dropout = { rate: 0.4, seed: upload(device, Uint32Array.of(SEED)) };
    const residual = inTurn(biased(biasRange), dropped(dropout), plus(upload(device, other)), store(sum));
    const product = { ...sizes, ...operands, form: 'nt' } as const;
    const [wideValues = [], backValues = [], sumValues = []] = await run(
      device,
      [
        matMul(style, { ...product, name: 'gelu', epilogue: inTurn(biased(biasRange), withGelu(slope), store(wide)) }),
        matMul(style, { ...product, name: 'residual', epilogue: residual }),
        // The same product by the other form, times the slope.
        matMul(style, {
          ...product,
          name: 'slope',
          form: 'nn',
          b: upload(device, transposed),
          epilogue: inTurn(times(slope), store(back)),
        }),
      ],
      [wide, back, sum],
    );
    const tensors = [
      tf.tensor2d(a, [sizes.m, sizes.k]),
      tf.tensor2d(b, [sizes.n, sizes.k]),
      tf.tensor1d(bias),
      tf.tensor2d(other, [sizes.m, sizes.n]),
    ] as const;
    const plainProduct = tf.matMul(tensors[0], tensors[1], false, true);
    const dense = tf.add(plainProduct, tensors[2]);
    const [value = [], gradient = []] = await valueAndGradients((x) => gelu(x as tf.Tensor), [dense], plainProduct);
    expect(distance(wideValues, value)).toBeLessThan(TOLERANCE);
    expect(distance(backValues, gradient)).toBeLessThan(TOLERANCE);
    const expected = tf.tidy(() => tf.add(dropoutOp(dense, 0.4, SEED), tensors[3]));
    expect(distance(sumValues, await expected.data())).toBeLessThan(TOLERANCE);
    tf.dispose([...tensors, plainProduct, dense, expected]);
  });

  test('rows looked up in three tables, picked out, and spread again', async () => {
    const [width, N, M] = [8, 5, 3];
    const table = (rows: number, seed: number) => normals(rows * width, seed);
    const [words, positions, types] = [table(6, 1), table(4, 2), table(1, 3)];
    const [ids, places] = [Int32Array.of(5, 0, 2, 2, 1), Int32Array.of(3, 2, 0, 1, 1)];
    const [rows, rowOf] = [Int32Array.of(4, 0, 4), Int32Array.of(1, -1, -1, -1, 0)];
    const tables = { words: upload(device, words), positions: upload(device, positions), types: upload(device, types) };
    const from = embedded({ ids: upload(device, ids), places: upload(device, places), ...tables }, width);
    const [sum, some, back] = [empty(N * width), empty(M * width), empty(N * width)];
    const found = await run(
      device,
      [
        rowsForward('embedding', N, width, from, plain(sum)),
        rowsForward('gather', M, width, gathered(sum, upload(device, rows), width), plain(some)),
        rowsForward('scatter', N, width, scattered(some, upload(device, rowOf), width), plain(back)),
      ],
      [sum, some, back],
    );
    const row = (values: Float32Array, at: number): Float32Array => values.subarray(at * width, (at + 1) * width);
    const [sums = new Float32Array(), picked = new Float32Array(), spread = new Float32Array()] = found;
    for (const [at, id] of ids.entries()) {
      const position = row(positions, places[at] ?? 0);
      const expected = row(words, id).map((value, c) => value + (position[c] ?? 0) + (types[c] ?? 0));
      expect(distance(row(sums, at), expected)).toBeLessThan(TOLERANCE);
    }
    for (const [at, from] of rows.entries()) expect(row(picked, at)).toEqual(row(sums, from));
    for (const [at, from] of rowOf.entries()) {
      expect(row(spread, at)).toEqual(from < 0 ? new Float32Array(width) : row(picked, from));
    }
  });
});
