/**
 * Damaged and hostile bundles: whatever happens to the bytes, a bundle is refused with a sentence or read right. In Folio's
 * own bundles any changed byte of any file is noticed; in others whatever breaks their structure.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import {
  asFolder,
  asZip,
  bytesOf,
  extendedBundle,
  type Files,
  foreignBundle,
  ownBundle,
  textOf,
  zipOf,
} from '../../test/bundles.ts';
import { tarOf } from '../../test/tar.ts';
import { describeError } from '../core/errorSentences.ts';
import { StudioError } from '../core/errors.ts';
import { createRng, type Rng } from '../core/rng.ts';
import { parameterSpecs } from '../model/parameters.ts';
import { sizeOf } from '../model/value.ts';
import { createTokenizer } from '../text/tokenizer/tokenizer.ts';
import { type BundleOrigin, openSource } from './bundleSource.ts';
import { type Instance, PickleProblem, unpickle } from './pickle.ts';
import { type ReadBundle, readBundle } from './readBundle.ts';
import { readTorchFile } from './torchFile.ts';

/** `npm run test:long` multiplies it. */
const TIMES = Number(process.env['FOLIO_FUZZ'] ?? 1);
const LIMIT_MS = 300_000 * TIMES;
const LARGEST_BYTES = 2 ** 28;
/** Processor time; other processes do not count. A mutation that takes longer hangs. */
const LONGEST_CPU_SECONDS = 5;
/** What all of it may cost: three times what it does on a busy machine. */
const CPU_SECONDS_IN_ALL = 100;
const startedCpuSeconds = cpuSeconds();
let mutations = 0;

let own: Files;
/** From elsewhere: plain, and with all that models become in use. */
let foreign: readonly [Files, Files];
let original: ReadBundle;

beforeAll(async () => {
  own = await ownBundle();
  foreign = [await foreignBundle(), (await extendedBundle()).files];
  original = await readBundle(await openSource(asFolder(own)), LARGEST_BYTES);
});

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

type Mutation = (bytes: Uint8Array<ArrayBuffer>, rng: Rng) => Uint8Array<ArrayBuffer>;

const at = (bytes: Uint8Array, rng: Rng): number => rng.int(Math.max(1, bytes.length));

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

const changeByte: Mutation = (bytes, rng) => {
  const copy = bytes.slice();
  const place = at(copy, rng);
  copy[place] = (copy[place] ?? 0) ^ (1 + rng.int(255));
  return copy;
};

const MUTATIONS: readonly Mutation[] = [
  changeByte,
  (bytes, rng) => bytes.slice(0, at(bytes, rng)),
  (bytes, rng) => bytes.slice(at(bytes, rng)),
  (bytes, rng) => {
    const copy = bytes.slice();
    // A size or an offset becomes absurd.
    const view = new DataView(copy.buffer);
    const extremes = [0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, copy.length];
    if (copy.length > 4) view.setUint32(rng.int(copy.length - 4), extremes[rng.int(extremes.length)] ?? 0, true);
    return copy;
  },
  (bytes, rng) => {
    const [from, to] = [at(bytes, rng), at(bytes, rng)];
    const piece = bytes.slice(from, from + 1 + rng.int(64));
    return joined(bytes.subarray(0, to), piece, bytes.subarray(to));
  },
  (bytes, rng) => {
    const from = at(bytes, rng);
    return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + rng.int(64)));
  },
  (bytes, rng) => bytes.slice().fill(rng.int(256), at(bytes, rng), at(bytes, rng)),
];

/** Values that do harm where somebody trusts them. */
const HOSTILE = [
  'null',
  '-1',
  '1e308',
  '9007199254740993',
  '""',
  '"__proto__"',
  '{}',
  '[]',
  'true',
  '{"__proto__": {"polluted": true}}',
  '[[[[[[[[[[]]]]]]]]]]',
];

/** One number, string or key of a JSON text becomes something else. */
function poisonJson(text: string, rng: Rng): string {
  const spots = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?/g)];
  const spot = spots[rng.int(Math.max(1, spots.length))];
  if (spot === undefined) return text;
  const value = HOSTILE[rng.int(HOSTILE.length)] ?? 'null';
  return `${text.slice(0, spot.index)}${value}${text.slice(spot.index + spot[0].length)}`;
}

/** Poisons the JSON of a file; in a safetensors file that is its header, whose length stays right. */
function poison(path: string, bytes: Uint8Array<ArrayBuffer>, rng: Rng): Uint8Array<ArrayBuffer> {
  if (path.endsWith('.json')) return bytesOf(poisonJson(textOf(bytes), rng));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = bytesOf(poisonJson(textOf(bytes.subarray(8, 8 + length)), rng));
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(header.length), true);
  return joined(size, header, bytes.subarray(8 + length));
}

function assertRefusal(thrown: unknown, what: string): null {
  if (!(thrown instanceof StudioError) || !thrown.code.startsWith('bundle')) {
    throw new Error(`${what}: ${thrown}`, { cause: thrown });
  }
  const { what: sentence } = describeError(thrown.toPlain());
  if (thrown.details['file'] === '' || sentence.length > 700) throw new Error(`${what}: “${sentence}”`);
  return null;
}

/** Reads; a refusal has to have a sentence that names a file. @returns null if it was refused */
async function read(origin: BundleOrigin, what: string): Promise<ReadBundle | null> {
  mutations++;
  const startedSeconds = cpuSeconds();
  const outcome = await openSource(origin)
    .then((source) => readBundle(source, LARGEST_BYTES))
    .catch((thrown: unknown) => assertRefusal(thrown, what));
  const seconds = cpuSeconds() - startedSeconds;
  if (seconds > LONGEST_CPU_SECONDS) throw new Error(`${what} took ${seconds} s of processor time`);
  return outcome;
}

/** The same model; what came beside it may differ where that is told. */
function assertSame(bundle: ReadBundle): void {
  if (bundle.notices.length === 0) {
    expect([...bundle.documents]).toEqual([...original.documents]);
    expect(bundle.eventFiles).toEqual(original.eventFiles);
  }
  assertSameModel(bundle);
}

/** Typed arrays are compared as bytes, since a matcher takes seconds over them. */
function assertSameModel(bundle: ReadBundle): void {
  const { model, trained, layout } = original;
  expect({ model: bundle.model, trained: bundle.trained }).toEqual({ model, trained });
  // Where tokenizer.json has gone, which is told, one is made of the other files.
  if (bundle.notices.length === 0) expect(bundle.layout).toEqual(layout);
  expect(JSON.stringify(bundle.traits)).toBe(JSON.stringify(original.traits));
  for (const [name, values] of original.weights) {
    const found = bundle.weights.get(name) ?? new Float32Array();
    if (Buffer.compare(bytesAt(found), bytesAt(values)) !== 0) throw new Error(`${name} differs`);
  }
}

function bytesAt({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function sameButForCapitals(one: Files, other: Files, path: string): boolean {
  const lower = (files: Files): string =>
    Buffer.from(files.get(path) ?? [])
      .toString('latin1')
      .toLowerCase();
  return lower(one) === lower(other);
}

/** What was read is a whole model of finite numbers. */
function assertWhole({ model, trained, traits, weights }: ReadBundle): void {
  const tokenizer = createTokenizer(trained, traits);
  for (const { name, shape } of parameterSpecs(model, tokenizer.vocabSize)) {
    const values = weights.get(name);
    if (values?.length !== sizeOf(shape) || !values.every(Number.isFinite)) throw new Error(`${name} is not whole`);
  }
  const ids = tokenizer.encodeWithSpecials('Say [USER] the <mask>');
  expect(ids.every((id) => id < tokenizer.tokenCount && tokenizer.fileIdOf(id) < tokenizer.vocabSize)).toBe(true);
  expect(new Set(trained.tokens).size).toBe(trained.tokens.length);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
}

test('an undamaged bundle is read from folder, stored and compressed zip', async () => {
  for (const origin of [asFolder(foreign[0]), asZip(zipOf(foreign[0], 6)), asZip(zipOf(own, 0))]) {
    const bundle = await read(origin, 'undamaged');
    expect(bundle?.weights).toEqual(original.weights);
  }
});

test(
  'a changed byte of any file of Folio’s own is noticed',
  async () => {
    const rng = createRng(1);
    const paths = [...own.keys()];
    const refusable = /^(config|tokenizer|tokenizer_config)\.json$|\.safetensors$/;
    for (let index = 0; index < 1500 * TIMES; index++) {
      const path = paths[index % paths.length] ?? '';
      const damaged = new Map(own);
      damaged.set(path, changeByte(own.get(path) ?? new Uint8Array(), rng));
      const bundle = await read(asFolder(damaged), path);
      const what = `${path}, mutation ${index}`;
      // What the model is not read from is told, and nothing else of the model is another.
      if (refusable.test(path)) expect(bundle, what).toBeNull();
      if (bundle === null) continue;
      // A hash in capitals is the same hash.
      const isSame = path === 'checksums.txt' && sameButForCapitals(damaged, own, path);
      if (!isSame) expect(bundle.notices.length, what).toBeGreaterThan(0);
      assertSameModel(bundle);
    }
  },
  LIMIT_MS,
);

test(
  'Folio’s own zip, damaged anywhere: refused, or the same files all the same',
  async () => {
    const rng = createRng(2);
    const zip = zipOf(own, 0);
    let refused = 0;
    const count = 400 * TIMES;
    for (let index = 0; index < count; index++) {
      const mutate = MUTATIONS[index % MUTATIONS.length] as Mutation;
      const bundle = await read(asZip(mutate(zip, rng)), `mutation ${index}`);
      if (bundle === null) refused++;
      else assertSame(bundle);
    }
    expect(refused).toBeGreaterThan(count / 2);
  },
  LIMIT_MS,
);

test.each([
  ['zip', 800],
  ['folder', 2400],
] as const)(
  'a %s from elsewhere, damaged: refused, or a whole model of finite numbers',
  async (kind, times) => {
    const rng = createRng(kind === 'zip' ? 3 : 4);
    const zips = foreign.map((files) => zipOf(files, 6));
    let refused = 0;
    const count = times * TIMES;
    for (let index = 0; index < count; index++) {
      const mutate = MUTATIONS[index % MUTATIONS.length] as Mutation;
      const which = Math.floor(index / 2) % 2;
      const files = foreign[which] as Files;
      const paths = [...files.keys()];
      const damage = (): BundleOrigin => {
        const path = paths[rng.int(paths.length)] ?? '';
        const bytes = files.get(path) ?? new Uint8Array();
        const damaged = index % 2 === 0 ? poison(path, bytes, rng) : mutate(bytes, rng);
        return asFolder(new Map([...files, [path, damaged]]));
      };
      const origin = kind === 'zip' ? asZip(mutate(zips[which] as Uint8Array<ArrayBuffer>, rng)) : damage();
      const bundle = await read(origin, `${kind} ${index}`);
      if (bundle === null) refused++;
      else assertWhole(bundle);
    }
    expect(refused).toBeGreaterThan(count / 4);
  },
  LIMIT_MS,
);

/** Of PyTorch: in both of its forms, with strides and with more than weights. */
const TORCH = ['zip', 'lightning', 'checkpoint', 'module', 'strided', 'old-strided', 'protocol4', 'harmful'].map(
  (name) => ({
    name,
    bytes: new Uint8Array(readFileSync(new URL(`../../test/golden/torch/${name}.bin`, import.meta.url))),
  }),
);

/** The pickle within a zip, which stores it as it is, is what is damaged most: the zip's own sums would hide it. */
function mutatePickle(bytes: Uint8Array<ArrayBuffer>, mutate: Mutation, rng: Rng): Uint8Array<ArrayBuffer> {
  if (bytes[0] !== 0x50) return mutate(bytes, rng);
  const files = Object.entries(unzipSync(bytes)).map(([path, content]): [string, Uint8Array] => [
    path,
    path.endsWith('data.pkl') ? mutate(new Uint8Array(content), rng) : content,
  ]);
  return new Uint8Array(zipSync(Object.fromEntries(files), { level: 0 }));
}

test(
  'files of PyTorch, damaged: refused, or tensors that lie in the file; nothing of Python is run',
  async () => {
    const rng = createRng(8);
    const count = 5400 * TIMES;
    let refused = 0;
    for (let index = 0; index < count; index++) {
      const { name, bytes } = TORCH[index % TORCH.length] as (typeof TORCH)[number];
      const mutate = MUTATIONS[Math.floor(index / TORCH.length) % MUTATIONS.length] as Mutation;
      const damaged = index % 4 === 3 ? mutate(bytes, rng) : mutatePickle(bytes, mutate, rng);
      const what = `${name}, mutation ${index}`;
      mutations++;
      const startedSeconds = cpuSeconds();
      const tensors = await readTorchFile('a.bin', damaged).catch((thrown: unknown) => assertRefusal(thrown, what));
      if (cpuSeconds() - startedSeconds > LONGEST_CPU_SECONDS) throw new Error(`${what} hangs`);
      if (tensors === null) refused++;
      // Views of the file, and at most as much again for what is gathered.
      const buffers = new Set([...(tensors?.values() ?? [])].map((tensor) => tensor.bytes.buffer));
      const taken = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (taken > 2 * damaged.length) throw new Error(`${what} takes ${taken} bytes of a file of ${damaged.length}`);
    }
    console.log(`${refused} of ${count} damaged files of PyTorch were refused`);
    expect(refused).toBeGreaterThan(count / 3);
  },
  LIMIT_MS,
);

test('a pickle of instructions in any order is refused or read, at once', () => {
  const rng = createRng(9);
  const python = {
    find: (module: string, name: string) => {
      if (name === '') throw new PickleProblem(module);
      return () => ({ kind: 'instance', state: null }) satisfies Instance;
    },
    load: () => null,
  };
  // Those that the reader knows, with small arguments, so that many of them follow each other.
  const opcodes = [...'(.012NIJKMGSTUVXB]})ltdaespquhgjcQRb'].map((character) => character.charCodeAt(0));
  for (let index = 0; index < 20_000 * TIMES; index++) {
    const bytes = Uint8Array.from({ length: 200 }, () =>
      rng.int(4) === 0 ? rng.int(4) : (opcodes[rng.int(opcodes.length)] ?? 0),
    );
    try {
      unpickle(bytes, 0, python);
    } catch (thrown) {
      if (!(thrown instanceof PickleProblem)) throw thrown;
    }
  }
});

/** What others pack: gzip and tar, damaged anywhere. */
test(
  'a tar.gz from elsewhere, damaged: refused, or a whole model',
  async () => {
    const rng = createRng(10);
    const tar = tarOf(foreign[0]);
    for (let index = 0; index < 600 * TIMES; index++) {
      const mutate = MUTATIONS[index % MUTATIONS.length] as Mutation;
      const bytes =
        index % 2 === 0 ? mutate(new Uint8Array(gzipSync(tar)), rng) : new Uint8Array(gzipSync(mutate(tar, rng)));
      const bundle = await read({ kind: 'zip', name: 'a.tar.gz', blob: new Blob([bytes]) }, `tar.gz ${index}`);
      if (bundle !== null) assertWhole(bundle);
    }
  },
  LIMIT_MS,
);

test('these are enough, and cost little', () => {
  const seconds = cpuSeconds() - startedCpuSeconds;
  console.log(`${mutations} damaged bundles in ${seconds.toFixed(1)} s of processor time`);
  expect(mutations).toBeGreaterThanOrEqual(11_000 * TIMES);
  expect(seconds).toBeLessThan(CPU_SECONDS_IN_ALL * TIMES);
});
