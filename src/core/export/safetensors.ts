/**
 * The safetensors format: u64 header length, JSON header, then the tensors' bytes without gaps.
 * Source: github.com/huggingface/safetensors, README, "Format".
 */
import { StudioError } from '../errors.ts';
import { type ParameterSpec, sizeOf } from '../model/parameters.ts';

/** A named array of float32 numbers, row-major. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The weights in the order and the shapes of their specs. @throws StudioError `internal` if one is missing or of another size */
export function tensorsOf(specs: readonly ParameterSpec[], weights: ReadonlyMap<string, Float32Array>): NamedTensor[] {
  return specs.map(({ name, shape }) => {
    const values = weights.get(name);
    if (values?.length !== sizeOf(shape)) {
      const reason = `${name} has ${values?.length ?? 'no'} values, not ${sizeOf(shape)}`;
      throw new StudioError('internal', reason, { reason });
    }
    return { name, shape, values };
  });
}

/**
 * A safetensors file as parts to be written one after the other; the tensors' bytes are views, not copies. The header is
 * padded with spaces so that the data starts at a multiple of 8, and says `{"format": "pt"}`, without which transformers
 * 4.57 refuses the file.
 */
export function writeSafetensors(tensors: readonly NamedTensor[]): Uint8Array<ArrayBuffer>[] {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const { name, shape, values } of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(8 + 8 * Math.ceil(json.length / 8)).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(json, 8);
  return [start, ...tensors.map(({ values }) => littleEndianBytes(values))];
}

/**
 * The bytes of an array, as a view unless its memory is shared, which a Blob does not take. Every device that Folio
 * computes on is little-endian, as the format is.
 */
function littleEndianBytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array<ArrayBuffer> {
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength));
}
