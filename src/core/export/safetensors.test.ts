import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parameterSpecs, sizeOf } from '../model/parameters.ts';
import { type NamedTensor, tensorsOf, writeSafetensors } from './safetensors.ts';
import { GOLDEN_CONFIG } from './testRun.ts';

/** A bundle that transformers loads. */
const golden = readFileSync('e2e/golden/tiny-roberta/model.safetensors');

interface HeaderEntry {
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/** The tensors of a safetensors file in the order of its header. */
function parse(file: Buffer): NamedTensor[] {
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + headerLength).toString('utf8')) as Record<string, HeaderEntry>;
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const bytes = Uint8Array.from(file.subarray(8 + headerLength + from, 8 + headerLength + to));
        return { name, shape, values: new Float32Array(bytes.buffer) };
      },
    );
}

test('a file that PyTorch wrote, read and written again, is the same file', () => {
  const tensors = parse(golden);
  expect(tensors.length).toBeGreaterThan(40);
  expect(Buffer.compare(Buffer.concat(writeSafetensors(tensors)), golden)).toBe(0);
});

test('our parameters are exactly those of the golden file, shapes included', () => {
  const specs = parameterSpecs(GOLDEN_CONFIG.model, 320);
  const theirs = new Map(parse(golden).map(({ name, shape }) => [name, shape]));
  expect(new Map(specs.map(({ name, shape }) => [name, shape]))).toEqual(theirs);
});

test('the header is aligned, complete and without gaps, in the order of the specs', () => {
  const specs = parameterSpecs(GOLDEN_CONFIG.model, 321);
  const weights = new Map(specs.map(({ name, shape }, index) => [name, new Float32Array(sizeOf(shape)).fill(index)]));
  const file = Buffer.concat(writeSafetensors(tensorsOf(specs, weights)));
  const headerLength = Number(file.readBigUInt64LE(0));
  expect(headerLength % 8).toBe(0);
  const { __metadata__: metadata, ...entries } = JSON.parse(file.subarray(8, 8 + headerLength).toString()) as Record<
    string,
    HeaderEntry
  >;
  expect(metadata).toEqual({ format: 'pt' });
  expect(Object.keys(entries)).toEqual(specs.map(({ name }) => name));
  let end = 0;
  for (const { shape, data_offsets: offsets } of Object.values(entries)) {
    expect(offsets).toEqual([end, end + 4 * sizeOf(shape)]);
    end = offsets[1];
  }
  expect(file.length).toBe(8 + headerLength + end);
  expect(parse(file).map(({ values }) => values[0])).toEqual(specs.map((_, index) => index));
});

test('only the part of a buffer that the array shows is written', () => {
  const values = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
  const [header, bytes] = writeSafetensors([{ name: 'é"', shape: [2], values }]);
  expect(bytes).toEqual(new Uint8Array(new Float32Array([1, 2]).buffer));
  expect(parse(Buffer.concat([header ?? '', bytes ?? ''].map((part) => Buffer.from(part))))[0]?.name).toBe('é"');
});

test('shared memory is copied, since a Blob does not take it', () => {
  const values = new Float32Array(new SharedArrayBuffer(8));
  values.set([1, 2]);
  const bytes = writeSafetensors([{ name: 'a', shape: [2], values }])[1];
  expect(bytes?.buffer).toBeInstanceOf(ArrayBuffer);
  expect(bytes).toEqual(new Uint8Array(new Float32Array([1, 2]).buffer));
});

test('a missing or misshapen weight is an error, not a broken file', () => {
  const specs = [{ name: 'a', shape: [2, 3], kind: 'matrix', decay: true }] as const;
  expect(() => tensorsOf(specs, new Map())).toThrowError(/a has no values, not 6/);
  expect(() => tensorsOf(specs, new Map([['a', new Float32Array(5)]]))).toThrowError(/a has 5 values, not 6/);
});
