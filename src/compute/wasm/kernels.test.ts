/** Kernels of the processor whose edges a training step seldom meets, against the same sums in float64. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import {
  compileVariant,
  instantiate,
  KERNEL_NAMES,
  type Kernel,
  type KernelInstance,
  type KernelName,
} from './kernels.ts';
import { CpuMemory } from './memory.ts';
import { floatBits } from './programBuilder.ts';

const memory = new CpuMemory(256);
let instance: KernelInstance;

beforeAll(async () => {
  const { module } = await compileVariant('simd');
  instance = instantiate(module, memory.memory);
  instance.setScratch(memory.take(1 << 20).address);
});

const kernel = (name: KernelName): Kernel => instance.kernels[KERNEL_NAMES.indexOf(name)] as Kernel;

/** Normal numbers in the memory. */
function normals(length: number, seed: number): { address: number; values: Float64Array } {
  const rng = createRng(seed);
  const part = memory.take(4 * length);
  const floats = memory.floats(part).subarray(0, length);
  for (let i = 0; i < length; i++) floats[i] = rng.normal();
  return { address: part.address, values: Float64Array.from(floats) };
}

const read = (address: number, length: number): Float32Array => memory.floats({ address, bytes: 4 * length }).slice();

describe('gemm', () => {
  const FORMS = ['nt', 'nn', 'tn'] as const;
  const SIZES = [
    [1, 1, 1],
    [5, 9, 3],
    [7, 12, 513],
    [33, 20, 1100],
    [4, 8, 512],
  ] as const;

  test.each(FORMS.flatMap((form) => SIZES.map(([m, n, k]) => ({ form, m, n, k }))))(
    '$form of $m × $n × $k is the product, whole or in slices, and adds where asked',
    ({ form, m, n, k }) => {
      const [a, b, c] = [normals(m * k, 1), normals(n * k, 2), normals(m * n, 3)];
      const aAt = (i: number, x: number): number => a.values[form === 'tn' ? x * m + i : i * k + x] ?? 0;
      const bAt = (x: number, j: number): number => b.values[form === 'nt' ? j * k + x : x * n + j] ?? 0;
      const [lda, ldb] = [form === 'tn' ? m : k, form === 'nt' ? k : n];
      const run = (from: number, to: number, accumulate: number): void =>
        kernel('gemm')(from, to, FORMS.indexOf(form), n, k, a.address, lda, b.address, ldb, c.address, n, accumulate);
      run(0, m, 1);
      const added = read(c.address, m * n);
      run(0, m, 0);
      const whole = read(c.address, m * n);
      memory.floats({ address: c.address, bytes: 4 * m * n }).fill(Number.NaN);
      for (let from = 0; from < m; from += 4) run(from, Math.min(m, from + 4), 0);
      expect(read(c.address, m * n)).toEqual(whole);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let x = 0; x < k; x++) sum += aAt(i, x) * bAt(x, j);
          const tolerance = 1e-6 * Math.sqrt(k) * 8;
          expect(Math.abs((whole[i * n + j] ?? Number.NaN) - sum)).toBeLessThan(tolerance);
          expect(Math.abs((added[i * n + j] ?? Number.NaN) - sum - (c.values[i * n + j] ?? 0))).toBeLessThan(tolerance);
        }
      }
    },
  );
});

describe('crossEntropy', () => {
  /** As `torch.nn.functional.cross_entropy` defines it, in float64. */
  function reference(logits: Float64Array, label: number, smoothing: number): { loss: number; gradient: number[] } {
    const highest = Math.max(...logits);
    const sum = logits.reduce((total, value) => total + Math.exp(value - highest), 0);
    const gradient = Array.from(logits, (value, c) => {
      const target = smoothing / logits.length + (c === label ? 1 - smoothing : 0);
      return Math.exp(value - highest) / sum - target;
    });
    return { loss: Math.log(sum) + highest - (logits[label] ?? 0), gradient };
  }

  test.each([0, 0.1])('with a label smoothing of %s', (smoothing) => {
    const [vocab, padded, label, weight] = [301, 304, 77, 0.25];
    for (const scale of [1, 30, 1e-3]) {
      const logits = normals(padded, 4);
      const values = logits.values.subarray(0, vocab).map((value) => Math.fround(value * scale));
      memory.floats({ address: logits.address, bytes: 4 * padded }).set(values);
      const [labels, weights, figures] = [memory.take(4), memory.take(4), memory.take(8)];
      memory.ints(labels)[0] = label;
      memory.floats(weights)[0] = weight;
      const pointers = [logits, labels, weights, figures].map(({ address }) => address);
      kernel('crossEntropy')(0, 1, vocab, padded, ...pointers, 0, floatBits(smoothing));
      const expected = reference(values, label, smoothing);
      const loss = memory.floats(figures)[0] ?? Number.NaN;
      expect(Math.abs(loss / weight - expected.loss)).toBeLessThan(1e-6 * Math.max(1, expected.loss));
      const gradient = read(logits.address, padded);
      expect([...gradient.subarray(vocab)]).toEqual([0, 0, 0]);
      for (const [c, value] of expected.gradient.entries()) {
        expect(Math.abs((gradient[c] ?? Number.NaN) - weight * value)).toBeLessThan(1e-7);
      }
    }
  });
});

describe('biasGelu', () => {
  test('gives the exact GELU and its slope from -12 to 12', () => {
    const length = 4800;
    const [x, bias, y, slope] = [1, 2, 3, 4].map(() => memory.take(4 * length).address) as [
      number,
      number,
      number,
      number,
    ];
    const values = Float32Array.from({ length }, (_, i) => (i - length / 2) / 200);
    memory.floats({ address: x, bytes: 4 * length }).set(values);
    memory.floats({ address: bias, bytes: 4 * length }).fill(0);
    kernel('biasGelu')(0, 1, length, x, bias, y, slope);
    const [ys, slopes] = [read(y, length), read(slope, length)];
    for (const [i, value] of values.entries()) {
      const density = Math.exp(-0.5 * value * value) / Math.sqrt(2 * Math.PI);
      const share = normalShare(value);
      expect(Math.abs((ys[i] ?? Number.NaN) - value * share)).toBeLessThan(2e-6);
      expect(Math.abs((slopes[i] ?? Number.NaN) - share - value * density)).toBeLessThan(1e-6);
    }
  });
});

/** Φ(x) by Simpson's rule over the density, within 1e-12 where it is tested. */
function normalShare(x: number): number {
  const steps = 4000;
  const h = x / steps;
  const density = (t: number): number => Math.exp(-0.5 * t * t) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i++) sum += density(i * h) * (i % 2 === 1 ? 4 : 2);
  return 0.5 + (sum * h) / 3;
}
