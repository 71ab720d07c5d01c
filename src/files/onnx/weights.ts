/**
 * The weights of an ONNX file: initializers, written one parameter at a time. Matrices of Linear layers lie as `[in, out]`,
 * the word table as it is, once for look-up and decoder.
 *
 * `fp16` keeps every parameter in half precision and casts it before use. `q8` keeps matrices and the word table as int8
 * with a scale for each output channel; everything else stays float32.
 */
import { concatenate } from '../../core/bytes.ts';
import { WORD_TABLE } from '../../model/roberta.ts';
import { type Parameter, sizeOf } from '../../model/value.ts';
import { type Bytes, PIECE_BYTES, piecesOf } from '../bundleEntry.ts';
import type { OnnxPrecision } from '../exportOptions.ts';
import { halfBits } from '../float16.ts';
import { type Field, fieldStart, intField, textField } from '../protobuf.ts';
import { DATA_TYPE, type GraphWriter, transposedName } from './nodes.ts';

/** `GraphProto.initializer`. */
const INITIALIZER = 5;

/** An initializer's start, and how to make the bytes that follow it from the parameter's values. */
export interface Initializer {
  readonly start: Field;
  /** Of start and bytes together. */
  readonly sizeBytes: number;
  readonly bytes: (values: Float32Array) => Iterable<Bytes>;
}

/** What the file holds of a parameter; adds the node that turns it into float32, where it needs one. */
export function storeParameter(graph: GraphWriter, spec: Parameter, precision: OnnxPrecision) {
  const { name, shape, kind } = spec;
  const transposed = kind === 'matrix';
  const used = transposed ? transposedName(name) : name;
  const dims = transposed ? shape.toReversed() : shape;
  if (precision === 'q8' && (transposed || name === WORD_TABLE)) {
    return { name, initializers: quantized(graph, shape, used, transposed) };
  }
  if (precision === 'fp16') {
    graph.node('Cast', [`${used}.fp16`], used, { to: DATA_TYPE.float });
    const bytes = (values: Float32Array) => converted(values, shape, transposed, Uint16Array, halfBits);
    return { name, initializers: [initializer(`${used}.fp16`, dims, DATA_TYPE.float16, 2, bytes)] };
  }
  const bytes = transposed
    ? (values: Float32Array) => converted(values, shape, transposed, Float32Array, (value) => value)
    : piecesOf;
  return { name, initializers: [initializer(used, dims, DATA_TYPE.float, 4, bytes)] };
}

/** int8 and a scale for each output channel, which is a row of the state dict's layout. */
function quantized(graph: GraphWriter, shape: readonly number[], used: string, transposed: boolean): Initializer[] {
  const [rows = 1] = shape;
  graph.node('DequantizeLinear', [`${used}.q8`, `${used}.scale`], used, { axis: transposed ? 1 : 0 });
  const dims = transposed ? shape.toReversed() : shape;
  return [
    initializer(`${used}.scale`, [rows], DATA_TYPE.float, 4, (values) => piecesOf(rowScales(values, rows))),
    initializer(`${used}.q8`, dims, DATA_TYPE.int8, 1, (values) => {
      const scales = rowScales(values, rows);
      const quantize = (value: number, row: number): number => Math.round(value / (scales[row] as number));
      return converted(values, shape, transposed, Int8Array, quantize);
    }),
  ];
}

/** The scale of each row: its largest value becomes 127. */
function rowScales(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  return Float32Array.from({ length: rows }, (_, row) => {
    let largest = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++)
      largest = Math.max(largest, Math.abs(values[i] as number));
    return largest === 0 ? 1 : largest / 127;
  });
}

/**
 * Values in another number format, turned on their side where asked, a piece at a time.
 * @param shape `[R, ...]` of the values
 * @param convert a value, and its row in that shape
 */
function* converted(
  values: Float32Array,
  shape: readonly number[],
  transposed: boolean,
  NumberArray: typeof Float32Array | typeof Uint16Array | typeof Int8Array,
  convert: (value: number, row: number) => number,
): Generator<Bytes> {
  const [rows = 1] = shape;
  const columns = values.length / rows;
  const [lines, lineLength] = transposed ? [columns, rows] : [rows, columns];
  const linesAtOnce = Math.max(1, Math.floor(PIECE_BYTES / (lineLength * NumberArray.BYTES_PER_ELEMENT)));
  for (let first = 0; first < lines; first += linesAtOnce) {
    const end = Math.min(lines, first + linesAtOnce);
    const piece = new NumberArray((end - first) * lineLength);
    for (let line = first, at = 0; line < end; line++) {
      for (let place = 0; place < lineLength; place++, at++) {
        const [row, column] = transposed ? [place, line] : [line, place];
        piece[at] = convert(values[row * columns + column] as number, row);
      }
    }
    yield* piecesOf(piece);
  }
}

/** Source: onnx.proto, `TensorProto`: dims 1, data_type 2, name 8, raw_data 9. */
function initializer(
  name: string,
  dims: readonly number[],
  dataType: number,
  numberBytes: number,
  bytes: Initializer['bytes'],
): Initializer {
  const rawBytes = numberBytes * sizeOf(dims);
  const fields = concatenate([
    ...dims.map((length) => intField(1, length)),
    intField(2, dataType),
    textField(8, name),
    fieldStart(9, rawBytes),
  ]);
  const start = concatenate([fieldStart(INITIALIZER, fields.length + rawBytes), fields]);
  return { start, sizeBytes: start.length + rawBytes, bytes };
}

/** A small constant as a whole initializer. */
export function constantField(name: string, dims: readonly number[], values: Float32Array | BigInt64Array): Field {
  const [dataType, numberBytes] =
    values instanceof Float32Array ? ([DATA_TYPE.float, 4] as const) : ([DATA_TYPE.int64, 8] as const);
  const { start } = initializer(name, dims, dataType, numberBytes, () => []);
  return concatenate([start, ...piecesOf(values)]);
}
