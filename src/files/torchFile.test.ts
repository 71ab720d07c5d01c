/** Files that PyTorch saved, against the numbers that PyTorch reads in them, and pickles that would do harm. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { PickleProblem, unpickle } from './pickle.ts';
import { floatsOf } from './safetensors.ts';
import { readTorchFile } from './torchFile.ts';

const golden = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../test/golden/torch/${name}`, import.meta.url)));

const VALUES = JSON.parse(new TextDecoder().decode(golden('values.json'))) as Record<
  string,
  { readonly shape: number[]; readonly values: number[] }
>;

test.each([
  ['zip', 'F32'],
  ['parameters', 'F32'],
  ['lightning', 'F32'],
  ['checkpoint', 'F32'],
  ['module', 'F32'],
  ['strided', 'F32'],
  ['shared', 'F32'],
  ['bfloat16', 'BF16'],
  ['float64', 'F64'],
  ['protocol4', 'F32'],
  ['old', 'F32'],
  ['old-strided', 'F32'],
])('%s: names, shapes and numbers are PyTorch’s', async (name, dtype) => {
  const tensors = await readTorchFile('pytorch_model.bin', golden(`${name}.bin`));
  expect([...tensors.keys()].sort()).toEqual(Object.keys(VALUES).sort());
  for (const [key, { shape, values }] of Object.entries(VALUES)) {
    const tensor = tensors.get(key);
    expect(tensor?.shape, key).toEqual(shape);
    if (tensor === undefined) continue;
    expect(tensor.dtype).toBe(key === 'ids' ? 'I64' : dtype);
    const read =
      key === 'ids' ? [...new BigInt64Array(tensor.bytes.slice().buffer)].map(Number) : [...floatsOf('', key, tensor)];
    expect(read, key).toEqual(values);
  }
});

const refusedWith = async (bytes: Uint8Array<ArrayBuffer>): Promise<StudioError> =>
  readTorchFile('pytorch_model.bin', bytes).then(
    () => {
      throw new Error('it was read');
    },
    (thrown: unknown) => StudioError.from(thrown),
  );

test('a pickle that runs a program is refused by the program’s name', async () => {
  const refused = await refusedWith(golden('harmful.bin'));
  expect(refused).toMatchObject({ code: 'bundleForm', details: { file: 'pytorch_model.bin' } });
  expect(refused.message).toMatch(/needs Python’s posix\.system to be read, but Folio runs no code from files/);
});

test.each([
  ['cut off', 'bundleArchive', golden('zip.bin').slice(0, -200), /./],
  ['an old one that is cut off', 'bundleWeights', golden('old.bin').slice(0, -4), /is cut off/],
  ['an old one without its tensors', 'bundleWeights', golden('old.bin').slice(0, 40), /is a pickle that is cut off/],
  [
    'something else',
    'bundleForm',
    new Uint8Array(400).fill(0x80),
    /is not in the format in which PyTorch saves weights/,
  ],
])('%s', async (_, code, bytes, sentence) => {
  const refused = await refusedWith(bytes);
  expect(refused.code).toBe(code);
  expect(refused.message).toMatch(sentence);
});

const none = {
  find: () => {
    throw new PickleProblem('names something');
  },
  load: () => null,
};
const read = (...bytes: (number | string)[]) => {
  const all = bytes.flatMap((part) => (typeof part === 'number' ? part : [...new TextEncoder().encode(part)]));
  return unpickle(Uint8Array.from(all), 0, none).value;
};

test('values of every protocol', () => {
  expect(read('(lp0\nI7\naL-8L\naF2.5\na(dp1\nVk\nI01\nsa.')).toEqual([7, -8, 2.5, new Map([['k', true]])]);
  expect(read(0x80, 2, '(K', 1, 'M', 2, 1, 'J', 0xff, 0xff, 0xff, 0xff, 0x8a, 2, 0, 0x80, 't.')).toEqual([
    1, 258, -1, -32768,
  ]);
  expect(read(0x80, 4, 0x8c, 1, 'a', 0x94, 'h', 0, 0x86, '.')).toEqual(['a', 'a']);
});

test.each([
  ['an instruction that makes objects', ['(i__main__\nX\n.']],
  ['a name', ['cos\nsystem\n.']],
  ['a name out of texts', [0x80, 4, 0x8c, 2, 'os', 0x8c, 6, 'system', 0x93, '.']],
  ['a text longer than the file', ['X', 0xff, 0xff, 0xff, 0x7f, 'a.']],
  ['a text longer than any file', [0x8d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 'a.']],
  ['an immense number', [0x8b, 0xff, 0xff, 0, 0, '.']],
  ['a value that is not there', ['h', 3, '.']],
  ['too few values', ['0.']],
  ['a mark that is not there', ['t.']],
  ['no end', [']']],
])('refused: %s', (_, bytes) => {
  expect(() => read(...bytes)).toThrowError(PickleProblem);
});
