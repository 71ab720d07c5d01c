/**
 * The wire format of protocol buffers, as far as ONNX and TensorBoard need it: varints, floats and length-delimited fields.
 * Source: protobuf.dev, "Encoding".
 */
import { concatenate } from '../core/bytes.ts';

/** One field of a message, encoded. */
export type Field = Uint8Array<ArrayBuffer>;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/**
 * A varint: seven bits a byte, lowest first. Negative numbers are 64-bit two's complement.
 * @example varint(300) // [0xac, 0x02]
 */
function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  // Small ones without BigInt, which is many times slower: a long run has a step number in each of its records.
  if (typeof value === 'number' && value >= 0 && value < 2 ** 31) {
    let small = value;
    for (; small > 0x7f; small >>>= 7) bytes.push((small & 0x7f) | 0x80);
    bytes.push(small);
    return bytes;
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return bytes;
}

/** A whole number. */
export function intField(number: number, value: number | bigint): Field {
  return Uint8Array.from([...varint((number << 3) | VARINT), ...varint(value)]);
}

/** A 32-bit float. */
export function floatField(number: number, value: number): Field {
  const bytes = new Uint8Array(new Float32Array([value]).buffer);
  return Uint8Array.from([...varint((number << 3) | FIXED32), ...bytes]);
}

/** A 64-bit float. */
export function doubleField(number: number, value: number): Field {
  return concatenate([
    Uint8Array.from(varint((number << 3) | FIXED64)),
    new Uint8Array(new Float64Array([value]).buffer),
  ]);
}

/** The start of a length-delimited field whose bytes follow from elsewhere. */
export function fieldStart(number: number, sizeBytes: number): Field {
  return Uint8Array.from([...varint((number << 3) | LENGTH_DELIMITED), ...varint(sizeBytes)]);
}

/** Bytes. */
export function bytesField(number: number, bytes: Uint8Array): Field {
  return concatenate([fieldStart(number, bytes.length), bytes]);
}

/** Text as UTF-8. */
export function textField(number: number, text: string): Field {
  return bytesField(number, new TextEncoder().encode(text));
}

/** A message within a message. */
export function messageField(number: number, fields: readonly Field[]): Field {
  return bytesField(number, concatenate(fields));
}
