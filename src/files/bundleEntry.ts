/** Files of a bundle, written one piece after the other, so that none ever has to be in memory as a whole. */

/** One file of a bundle. */
export interface BundleEntry {
  /** Within the folder, with forward slashes. */
  readonly path: string;
  /** What it is and who needs it; one sentence. */
  readonly purpose: string;
  readonly sizeBytes: number;
  /** Its bytes. To be read once, in the order of the entries. */
  chunks(): AsyncIterable<Bytes>;
}

/** A file of text. */
export function textEntry(path: string, purpose: string, content: string): BundleEntry {
  return bytesEntry(path, purpose, new TextEncoder().encode(content));
}

/** A file that is in memory as a whole. */
export function bytesEntry(path: string, purpose: string, bytes: Bytes): BundleEntry {
  return {
    path,
    purpose,
    sizeBytes: bytes.length,
    chunks: async function* () {
      yield bytes;
    },
  };
}

export type Bytes = Uint8Array<ArrayBuffer>;

/** A parameter's values by its name in the state dict; asked for one at a time, and not kept. */
export type ReadTensor = (name: string) => Promise<Float32Array>;

/** A file whose size is known before its parameters are read. */
export interface WeightsFile {
  readonly sizeBytes: number;
  /** The file, from the parameters, each asked for once and in order. @throws StudioError `internal` if one has another size */
  chunks(read: ReadTensor): AsyncGenerator<Bytes>;
}

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
