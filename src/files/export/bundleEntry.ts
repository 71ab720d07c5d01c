import type { Bytes } from './bytes.ts';

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
