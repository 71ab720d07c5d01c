/**
 * The framing of TensorFlow's record files: length, its checksum, the bytes, their checksum.
 * Source: tensorflow/core/lib/io/record_writer.h; the checksum is CRC-32C, rotated and shifted ("masked"), since files often
 * hold checksums themselves.
 */
import { createCRC32 } from 'hash-wasm';
import type { Bytes } from '../bytes.ts';

/** Castagnoli's polynomial, reversed. */
const CRC_32C = 0x82f63b78;
const MASK_DELTA = 0xa282ead8;

/** Bytes that a record has beside its own: 8 of length, 4 and 4 of checksums. */
export const RECORD_OVERHEAD_BYTES = 16;

/** Frames records. */
export type FrameRecord = (data: Uint8Array) => Bytes;

/** @returns a function that frames one record after the other */
export async function createFraming(): Promise<FrameRecord> {
  const hasher = await createCRC32(CRC_32C);
  const maskedChecksum = (data: Uint8Array): number => {
    const digest = hasher.init().update(data).digest('binary');
    const crc = new DataView(digest.buffer, digest.byteOffset).getUint32(0);
    return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
  };
  return (data) => {
    const record = new Uint8Array(data.length + RECORD_OVERHEAD_BYTES);
    const view = new DataView(record.buffer);
    view.setBigUint64(0, BigInt(data.length), true);
    view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
    record.set(data, 12);
    view.setUint32(12 + data.length, maskedChecksum(data), true);
    return record;
  };
}
