import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GOLDEN_CONFIG } from '../../test/exportedRun.ts';
import { readGoldenTensors } from '../../test/goldenTensors.ts';
import { parameterSpecs } from '../model/parameters.ts';
import { sizeOf } from '../model/value.ts';
import type { ReadTensor, WeightsFile } from './bundleEntry.ts';
import { safetensorsFile } from './safetensors.ts';

/** A bundle that transformers loads. */
const golden = readFileSync('test/golden/tiny-roberta/model.safetensors');

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

async function write(file: WeightsFile, read: ReadTensor): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of file.chunks(read)) parts.push(Buffer.from(Uint8Array.from(chunk)));
  const bytes = Buffer.concat(parts);
  expect(bytes.length).toBe(file.sizeBytes);
  return bytes;
}

function headerOf(file: Buffer): { metadata: unknown; entries: Record<string, HeaderEntry>; dataStart: number } {
  const dataStart = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__: metadata, ...entries } = JSON.parse(file.toString('utf8', 8, dataStart)) as Record<
    string,
    HeaderEntry
  >;
  return { metadata, entries, dataStart };
}

test('a file that PyTorch wrote, read and written again, is the same file', async () => {
  const tensors = readGoldenTensors();
  const specs = parameterSpecs(GOLDEN_CONFIG.model, 320);
  expect(tensors.size).toBeGreaterThan(40);
  // PyTorch sorts the tensors by name.
  const sorted = [...tensors.keys()].map((name) => ({
    name,
    shape: specs.find((spec) => spec.name === name)?.shape ?? [],
  }));
  const file = safetensorsFile(sorted, 'float32');
  const written = await write(file, async (name) => tensors.get(name) ?? new Float32Array());
  expect(Buffer.compare(written, golden)).toBe(0);
});

test('our parameters are exactly those of the golden file, shapes included', () => {
  const specs = parameterSpecs(GOLDEN_CONFIG.model, 320);
  const theirs = Object.entries(headerOf(golden).entries).map(([name, { shape }]) => [name, shape]);
  expect(new Map(specs.map(({ name, shape }) => [name, [...shape]]))).toEqual(new Map(theirs as [string, number[]][]));
});

test.each([
  ['float32', 'F32', 4],
  ['float16', 'F16', 2],
] as const)(
  '%s: the header is aligned, complete and without gaps, in the order of the specs',
  async (format, dtype, bytes) => {
    const specs = parameterSpecs(GOLDEN_CONFIG.model, 321);
    const file = safetensorsFile(specs, format);
    const written = await write(file, async (name) => {
      const index = specs.findIndex((spec) => spec.name === name);
      return new Float32Array(sizeOf(specs[index]?.shape ?? [])).fill(index);
    });
    const { metadata, entries, dataStart } = headerOf(written);
    expect(dataStart % 8).toBe(0);
    expect(metadata).toEqual({ format: 'pt' });
    expect(Object.keys(entries)).toEqual(specs.map(({ name }) => name));
    let end = 0;
    for (const entry of Object.values(entries)) {
      expect(entry).toMatchObject({ dtype, data_offsets: [end, end + bytes * sizeOf(entry.shape)] });
      end = entry.data_offsets[1];
    }
    expect(written.length).toBe(dataStart + end);
  },
);

test('only the part of a buffer that the array shows is written, shared memory too', async () => {
  const values = new Float32Array(new SharedArrayBuffer(16));
  values.set([9, 1, 2, 9]);
  const file = safetensorsFile([{ name: 'é"', shape: [2] }], 'float32');
  const written = await write(file, async () => values.subarray(1, 3));
  expect([...written.subarray(-8)]).toEqual([...new Uint8Array(new Float32Array([1, 2]).buffer)]);
});

test('a misshapen weight is an error, not a broken file', async () => {
  const file = safetensorsFile([{ name: 'a', shape: [2, 3] }], 'float32');
  await expect(write(file, async () => new Float32Array(5))).rejects.toThrowError(/a has 5 values, not 6/);
});
