// @ts-nocheck Plain scripts, as in the folders of cases that others write.
// What the bundle cases are made with: the base model's files, edits of them, and a zip. Node alone, no packages.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';

const golden = fileURLToPath(new URL('../../test/golden/', import.meta.url));

/** Files by path. */
export const files = (entries) => new Map(entries);
export const bytesOf = (text) => new TextEncoder().encode(text);
export const textOf = (bytes) => new TextDecoder().decode(bytes);
export const BOM = '\ufeff';

/** The base: a small model that the real libraries wrote and read. @param onnx whether its ONNX files come along */
export function base({ onnx = false } = {}) {
  const folder = join(golden, 'tiny-roberta');
  const walk = (path) =>
    readdirSync(join(folder, path))
      .sort()
      .flatMap((name) => {
        const inner = path === '' ? name : `${path}/${name}`;
        return statSync(join(folder, inner)).isDirectory() ? walk(inner) : [inner];
      });
  const files = new Map(walk('').map((path) => [path, new Uint8Array(readFileSync(join(folder, path)))]));
  // No case reads what is in them.
  if (onnx)
    for (const name of ['model', 'model_fp16', 'model_quantized']) files.set(`onnx/${name}.onnx`, bytesOf(name));
  return files;
}

/** Five texts and their ids, from the real tokenizer; without <s>, </s> and padding. */
export function baseIds() {
  const { texts, input_ids, attention_mask } = JSON.parse(
    readFileSync(join(golden, 'tiny-roberta-logits.json'), 'utf8'),
  );
  return new Map(
    texts.map((text, row) => [text, input_ids[row].filter((_, at) => attention_mask[row][at] === 1).slice(1, -1)]),
  );
}

/** Some of the files, in this order. */
export const only = (all, ...paths) => new Map(paths.map((path) => [path, all.get(path)]));
export const without = (all, ...paths) => new Map([...all].filter(([path]) => !paths.includes(path)));
export const set = (all, path, content) =>
  new Map([...all, [path, typeof content === 'string' ? bytesOf(content) : content]]);
export const json = (all, path) => JSON.parse(textOf(all.get(path)));

/** One JSON file changed. @param edit changes the value, or gives another one */
export function editJson(all, path, edit) {
  const value = json(all, path);
  return set(all, path, JSON.stringify(edit(value) ?? value, null, 2));
}

/** A safetensors file's tensors: name → { dtype, shape, bytes }. */
export function readTensors(file) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(textOf(file.subarray(8, 8 + length)));
  delete header.__metadata__;
  return new Map(
    Object.entries(header).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { dtype, shape, bytes: file.slice(8 + length + from, 8 + length + to) }],
    ),
  );
}

export function writeTensors(tensors) {
  let at = 0;
  const header = { __metadata__: { format: 'pt' } };
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  const text = bytesOf(JSON.stringify(header));
  const padded = 8 * Math.ceil(text.length / 8);
  const file = new Uint8Array(8 + padded + at).fill(0x20, 8, 8 + padded);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(text, 8);
  let place = 8 + padded;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, place);
    place += bytes.length;
  }
  return file;
}

/** The weights changed as a list of [name, tensor]. */
export function editTensors(all, edit) {
  const tensors = readTensors(all.get('model.safetensors'));
  return set(all, 'model.safetensors', writeTensors(new Map(edit([...tensors]))));
}

export const floats = ({ bytes }) => new Float32Array(bytes.slice().buffer);

/** The files with a list of their checksums, as Folio's export writes it. */
export function withChecksums(all) {
  const lines = [...all].map(([path, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${path}\n`);
  return set(all, 'checksums.txt', lines.join(''));
}

const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
const crc32 = (bytes) =>
  (bytes.reduce((crc, byte) => CRC[(crc ^ byte) & 255] ^ (crc >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

/** A zip of files by path. @param madeBy 0: MS-DOS, 3: Unix */
export function zip(all, { madeBy = 3, stored = false } = {}) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [path, bytes] of all) {
    const name = bytesOf(path);
    const data = stored ? bytes : new Uint8Array(deflateRawSync(bytes));
    const fields = (view, from) => {
      view.setUint16(from, 20, true);
      view.setUint16(from + 2, 0x800, true);
      view.setUint16(from + 4, stored ? 0 : 8, true);
      view.setUint32(from + 6, 0x58210000, true);
      view.setUint32(from + 10, crc32(bytes), true);
      view.setUint32(from + 14, data.length, true);
      view.setUint32(from + 18, bytes.length, true);
      view.setUint16(from + 22, name.length, true);
    };
    const local = new DataView(new ArrayBuffer(30));
    local.setUint32(0, 0x04034b50, true);
    fields(local, 4);
    const central = new DataView(new ArrayBuffer(46));
    central.setUint32(0, 0x02014b50, true);
    central.setUint16(4, (madeBy << 8) | 20, true);
    fields(central, 6);
    central.setUint32(42, at, true);
    parts.push(new Uint8Array(local.buffer), name, data);
    directory.push(new Uint8Array(central.buffer), name);
    at += 30 + name.length + data.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, all.size, true);
  end.setUint16(10, all.size, true);
  end.setUint32(12, size, true);
  end.setUint32(16, at, true);
  return new Uint8Array(Buffer.concat([...parts, ...directory, new Uint8Array(end.buffer)]));
}

/** Every path within one folder. */
export const inFolder = (all, folder, slash = '/') =>
  new Map([...all].map(([path, bytes]) => [`${folder}/${path}`.replaceAll('/', slash), bytes]));
