/** Bytes that are written one piece after the other, so that a file never has to be in memory as a whole. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** A parameter's values by its name in the state dict; asked for one at a time, and not kept. */
export type ReadTensor = (name: string) => Promise<Float32Array>;

/** Pieces are about this long: long enough to be cheap, short enough that a few of them may wait somewhere. */
export const PIECE_BYTES = 1 << 20;

/**
 * The bytes of an array, as views of its memory unless that is shared, which neither a Blob nor a hash takes. Every device
 * that Folio computes on is little-endian, as all the formats are.
 */
export function* piecesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Generator<Bytes> {
  for (let start = 0; start < byteLength; start += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, byteLength - start);
    yield buffer instanceof ArrayBuffer
      ? new Uint8Array(buffer, byteOffset + start, length)
      : Uint8Array.from(new Uint8Array(buffer, byteOffset + start, length));
  }
}
