/**
 * The safetensors format, written and read: u64 header length, JSON header, then the tensors' bytes without gaps.
 * Source: github.com/huggingface/safetensors, README, "Format", and `validate` in `safetensors/src/tensor.rs`.
 */
import * as v from 'valibot';
import { counted } from '../core/counts.ts';
import { StudioError } from '../core/errors.ts';
import { type Parameter, sizeOf } from '../model/value.ts';
import { type Bytes, PIECE_BYTES, piecesOf, type WeightsFile } from './bundleEntry.ts';
import type { WeightFormat } from './exportOptions.ts';
import { fromBfloat16, fromHalf, toHalf } from './float16.ts';
import { refuser, shorten, shown, whole } from './refusals.ts';

type TensorShape = Pick<Parameter, 'name' | 'shape'>;

/**
 * A safetensors file that is written while its tensors come in. The header is padded with spaces so that the data starts at
 * a multiple of 8, and says `{"format": "pt"}`, without which transformers 4.57 refuses the file.
 */
export function safetensorsFile(tensors: readonly TensorShape[], format: WeightFormat): WeightsFile {
  const [dtype, numberBytes] = format === 'float32' ? ['F32', 4] : ['F16', 2];
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const { name, shape } of tensors) {
    const start = end;
    end += numberBytes * sizeOf(shape);
    header[name] = { dtype, shape, data_offsets: [start, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(8 + 8 * Math.ceil(json.length / 8)).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(json, 8);
  return {
    sizeBytes: start.length + end,
    chunks: async function* (read) {
      yield start;
      for (const { name, shape } of tensors) {
        const values = await read(name);
        if (values.length !== sizeOf(shape)) {
          const reason = `${name} has ${values.length} values, not ${sizeOf(shape)}`;
          throw new StudioError('internal', reason, { reason });
        }
        yield* format === 'float32' ? piecesOf(values) : halfPieces(values);
      }
    },
  };
}

function* halfPieces(values: Float32Array): Generator<Bytes> {
  const atOnce = PIECE_BYTES / 2;
  for (let start = 0; start < values.length; start += atOnce) {
    yield* piecesOf(toHalf(values.subarray(start, start + atOnce)));
  }
}

export const WEIGHTS_NAME = 'model.safetensors';

/** Longer headers than this have names for more tensors than any model that fits here. */
const LARGEST_HEADER_BYTES = 16 * 2 ** 20;

/** Bytes of a number, by the format's name for its kind. */
export const DTYPES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;
export type Dtype = keyof typeof DTYPES;

const entrySchema = v.object({
  dtype: v.string(),
  shape: v.pipe(v.array(whole), v.maxLength(8)),
  data_offsets: v.strictTuple([whole, whole]),
});

export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The tensor's own bytes, a view of the file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Refuse = ReturnType<typeof refuser>;

/**
 * Every tensor of the file by name. They cover the data without gap or overlap; the header is checked as a whole before a
 * tensor is looked at.
 * @param path what the file is called in sentences
 * @throws StudioError `bundleWeights`
 */
export function readSafetensors(path: string, file: Uint8Array<ArrayBuffer>): Map<string, StoredTensor> {
  const refuseWeights = refuser('bundleWeights', path);
  const { header, dataStart } = readHeader(file, refuseWeights);
  const dataBytes = file.length - dataStart;
  const tensors = [...header].map(([name, value]) => {
    const parsed = v.safeParse(entrySchema, value);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      const place = issue.path?.map(({ key }) => String(key)).join('.') ?? '';
      throw refuseWeights(name, `has ${place === '' ? 'an entry' : place} that can’t be read`);
    }
    const { dtype: kind, shape, data_offsets: offsets } = parsed.output;
    if (!Object.hasOwn(DTYPES, kind)) {
      throw refuseWeights(name, `has the dtype ${shorten(kind, 20)}, which Folio does not support`);
    }
    const dtype = kind as Dtype;
    const size = sizeOf(shape) * DTYPES[dtype];
    if (offsets[0] <= offsets[1] && offsets[1] > dataBytes && offsets[1] - offsets[0] === size) {
      const reason = `is cut off: ${shorten(name)} ends at byte ${offsets[1]}, but only ${dataBytes} bytes of data are there`;
      throw refuseWeights('', `${reason}; the download may have stopped early`);
    }
    if (!(offsets[0] <= offsets[1] && offsets[1] <= dataBytes)) {
      throw refuseWeights(name, `lies at ${shown(offsets)}, but the file has ${dataBytes} bytes of data`);
    }
    if (offsets[1] - offsets[0] !== size) {
      throw refuseWeights(name, `has ${offsets[1] - offsets[0]} bytes, but ${dtype} ${shown(shape)} takes ${size}`);
    }
    return { name, dtype, shape, offsets };
  });
  assertCovered(tensors, dataBytes, refuseWeights);
  return new Map(
    tensors.map(({ name, dtype, shape, offsets: [from, to] }) => [
      name,
      { dtype, shape, bytes: file.subarray(dataStart + from, dataStart + to) },
    ]),
  );
}

function readHeader(file: Uint8Array, refuseWeights: Refuse): { header: Map<string, unknown>; dataStart: number } {
  const broken = (reason: string, cause?: unknown) => refuseWeights('the header', reason, cause);
  if (file.length < 8) throw refuseWeights('', `is cut off: it has ${counted(file.length, 'byte')}`);
  const length = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(LARGEST_HEADER_BYTES))
    throw refuseWeights('', 'is not a safetensors file: it starts with something else');
  if (length > BigInt(file.length - 8)) {
    throw refuseWeights('', `is cut off: its header takes ${length} bytes, but the file has only ${file.length}`);
  }
  const dataStart = 8 + Number(length);
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, dataStart)));
  } catch (thrown) {
    throw broken('is not JSON', thrown);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw broken('is not a list of tensors');
  const header = new Map<string, unknown>(Object.entries(parsed));
  header.delete('__metadata__');
  return { header, dataStart };
}

function assertCovered(
  tensors: readonly { readonly name: string; readonly offsets: readonly [number, number] }[],
  dataBytes: number,
  refuseWeights: Refuse,
): void {
  let end = 0;
  for (const { name, offsets } of tensors.toSorted(
    (a, b) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1],
  )) {
    if (offsets[0] !== end) {
      throw refuseWeights(name, `starts at byte ${offsets[0]}, but the tensor before it ends at ${end}`);
    }
    end = offsets[1];
  }
  if (end !== dataBytes) {
    throw refuseWeights('', `is damaged: it has ${dataBytes} bytes of data, but its tensors take ${end}`);
  }
}

/** Kinds of numbers that weights can be. */
const FLOATS: Readonly<Partial<Record<Dtype, (numbers: ArrayBuffer) => Float32Array<ArrayBuffer>>>> = {
  F64: (numbers) => Float32Array.from(new Float64Array(numbers)),
  F32: (numbers) => new Float32Array(numbers),
  F16: (numbers) => fromHalf(new Uint16Array(numbers)),
  BF16: (numbers) => fromBfloat16(new Uint16Array(numbers)),
};

/**
 * A tensor's numbers as float32, which holds every float16 and bfloat16 exactly; a float64 is rounded to it.
 * @throws StudioError `bundleWeights` if they are integers, or one of them is not finite
 */
export function floatsOf(path: string, name: string, { dtype, bytes }: StoredTensor): Float32Array<ArrayBuffer> {
  const refuseWeights = refuser('bundleWeights', path);
  // Copied: a typed array has to start at a multiple of its numbers' size.
  const values = FLOATS[dtype]?.(bytes.slice().buffer);
  if (values === undefined)
    throw refuseWeights(name, `has integers (${dtype}), as quantised models do; Folio needs floating-point weights`);
  const place = values.findIndex((value) => !Number.isFinite(value));
  if (place >= 0) {
    throw refuseWeights(name, `contains ${values[place]} at index ${place}; weights must be finite`);
  }
  return values;
}
