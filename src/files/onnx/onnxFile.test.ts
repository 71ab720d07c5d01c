/** The oracle is onnxruntime, on the golden bundle's weights, against logits that PyTorch computed from them. */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { GOLDEN_CONFIG } from '../../../test/exportedRun.ts';
import { readGoldenTensors } from '../../../test/goldenTensors.ts';
import { configForPreset } from '../../core/config.ts';
import { parameterSpecs } from '../../model/parameters.ts';
import { sizeOf } from '../../model/value.ts';
import { ONNX_PRECISIONS, type OnnxPrecision } from '../exportOptions.ts';
import { onnxFile } from './onnxFile.ts';

interface GoldenLogits {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
}

const golden = JSON.parse(readFileSync('test/golden/tiny-roberta-logits.json', 'utf8')) as GoldenLogits &
  Record<string, unknown>;
const { model } = GOLDEN_CONFIG;
const tensors = readGoldenTensors();
const read = async (name: string): Promise<Float32Array> => tensors.get(name) ?? new Float32Array();

async function bytesOf(precision: OnnxPrecision): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of onnxFile(model, 320, 1, precision).chunks(read)) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}

/** Logits of the golden inputs, [B, T, V]. */
async function run(precision: OnnxPrecision): Promise<Float32Array> {
  const session = await InferenceSession.create(await bytesOf(precision));
  const dims = [golden.input_ids.length, golden.input_ids[0]?.length ?? 0];
  const tensor = (rows: number[][]) => new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), dims);
  const { logits } = await session.run({
    input_ids: tensor(golden.input_ids),
    attention_mask: tensor(golden.attention_mask),
  });
  expect(logits?.dims).toEqual([...dims, 320]);
  return logits?.data as Float32Array;
}

/** The sample of logits that the golden file holds: positions 0 and 1 of each text, the first eight entries. */
function goldenSample(): { index: number; value: number }[] {
  const columns = golden.input_ids[0]?.length ?? 0;
  const sample = golden['logits_f64_sample'] as number[][][];
  return sample.flatMap((rows, text) =>
    rows.flatMap((values, position) =>
      values.map((value, entry) => ({ index: (text * columns + position) * 320 + entry, value })),
    ),
  );
}

describe('onnxruntime computes PyTorch’s logits from the file', () => {
  test('float32 within 1e-4', async () => {
    const logits = await run('fp32');
    const sample = goldenSample();
    expect(sample.length).toBe(80);
    for (const { index, value } of sample) expect(Math.abs((logits[index] ?? Number.NaN) - value)).toBeLessThan(1e-4);
  });

  test('float16 within 2e-2 of float32, int8 with at least 90% of the first guesses', async () => {
    const [exact, half, int8] = [await run('fp32'), await run('fp16'), await run('q8')];
    const farthest = Math.max(...exact.map((value, index) => Math.abs(value - (half[index] ?? Number.NaN))));
    expect(farthest).toBeGreaterThan(0);
    expect(farthest).toBeLessThan(2e-2);
    const rows = exact.length / 320;
    const best = (logits: Float32Array, row: number): number => {
      const values = logits.subarray(row * 320, (row + 1) * 320);
      return values.indexOf(Math.max(...values));
    };
    const same = Array.from({ length: rows }, (_, row) => best(exact, row) === best(int8, row)).filter(Boolean);
    expect(same.length / rows).toBeGreaterThanOrEqual(0.9);
  });
});

test.each(ONNX_PRECISIONS)(
  '%s: the size is known before a weight is read, and the word table is there once',
  async (precision) => {
    const bytes = await bytesOf(precision);
    expect(onnxFile(model, 320, 1, precision).sizeBytes).toBe(bytes.length);
    const numberBytes = { fp32: 4, fp16: 2, q8: 1 }[precision];
    // A token costs a row of the word table and a number of the bias; in int8 a scale, too. And no second row.
    const tokens = 10_000;
    const perToken = (onnxFile(model, 320 + tokens, 1, precision).sizeBytes - bytes.length) / tokens;
    const rest = { fp32: 4, fp16: 2, q8: 8 }[precision];
    expect(perToken).toBeCloseTo(32 * numberBytes + rest, 2);
  },
);

test('padding is not attended to and positions count from the id of <pad>', async () => {
  const session = await InferenceSession.create(await bytesOf('fp32'));
  const ask = async (ids: number[], mask: number[]): Promise<Float32Array> => {
    const tensor = (row: number[]) => new Tensor('int64', BigInt64Array.from(row, BigInt), [1, row.length]);
    const { logits } = await session.run({ input_ids: tensor(ids), attention_mask: tensor(mask) });
    return logits?.data as Float32Array;
  };
  const alone = await ask([0, 56, 3, 2], [1, 1, 1, 1]);
  const padded = await ask([0, 56, 3, 2, 1, 1], [1, 1, 1, 1, 0, 0]);
  const left = await ask([1, 1, 0, 56, 3, 2], [0, 0, 1, 1, 1, 1]);
  for (let i = 0; i < 4 * 320; i++) {
    expect(padded[i]).toBeCloseTo(alone[i] ?? Number.NaN, 4);
    expect(left[2 * 320 + i]).toBeCloseTo(alone[i] ?? Number.NaN, 4);
  }
});

test('no more than one tensor is asked for at a time, each once, and pieces stay small', async () => {
  const { model: large } = configForPreset('mini');
  const asked: string[] = [];
  const values = new Map(parameterSpecs(large, 4000).map(({ name, shape }) => [name, sizeOf(shape)]));
  const file = onnxFile(large, 4000, 1, 'q8');
  let total = 0;
  for await (const chunk of file.chunks(async (name) => {
    asked.push(name);
    return new Float32Array(values.get(name) ?? 0);
  })) {
    expect(chunk.buffer.byteLength).toBeLessThanOrEqual(4_200_000);
    total += chunk.length;
  }
  expect(total).toBe(file.sizeBytes);
  expect(asked).toEqual([...values.keys()]);
});

test('what is beyond 2 GiB is refused before anything is written', () => {
  const huge = { ...model, hiddenSize: 4096, numHiddenLayers: 48, intermediateSize: 16_384 };
  expect(() => onnxFile(huge, 50_000, 1, 'fp32')).toThrowError(expect.objectContaining({ code: 'modelTooLarge' }));
});
