/**
 * The safetensors format: u64 header length, JSON header, then the tensors' bytes without gaps.
 * Source: github.com/huggingface/safetensors, README, "Format".
 */

import { StudioError } from '../../core/errors.ts';
import { type Parameter, sizeOf } from '../../model/value.ts';
import { type Bytes, PIECE_BYTES, piecesOf, type ReadTensor } from './bytes.ts';
import { toHalf } from './float16.ts';
import type { WeightFormat } from './options.ts';

type TensorShape = Pick<Parameter, 'name' | 'shape'>;

export interface SafetensorsFile {
  readonly sizeBytes: number;
  /** The file, from the tensors, each asked for once and in order. @throws StudioError `internal` if one has another size */
  chunks(read: ReadTensor): AsyncGenerator<Bytes>;
}

/**
 * A safetensors file that is written while its tensors come in. The header is padded with spaces so that the data starts at
 * a multiple of 8, and says `{"format": "pt"}`, without which transformers 4.57 refuses the file.
 * @param metadata further entries of `__metadata__`
 */
export function safetensorsFile(
  tensors: readonly TensorShape[],
  format: WeightFormat,
  metadata: Readonly<Record<string, string>> = {},
): SafetensorsFile {
  const [dtype, numberBytes] = format === 'float32' ? ['F32', 4] : ['F16', 2];
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
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
