/** A file that somebody brings: from a folder, or out of an archive. Its size is known before a byte is read. */
import { StudioError } from '../core/errors.ts';
import { plainPath, reasonOf } from '../core/paths.ts';
import { refusal } from './refusals.ts';

export interface SourceFile {
  /** With forward slashes, whatever the archive has. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Hands over the bytes, a piece at a time. @throws StudioError `bundleArchive` if they are not those of the archive */
  pass(take: (piece: Uint8Array) => void): Promise<void>;
}

/** A file that lies there as it is. */
export function plainFile({ path, blob }: { readonly path: string; readonly blob: Blob }): SourceFile {
  return {
    path: plainPath(path),
    sizeBytes: blob.size,
    pass: async (take) => {
      try {
        await blob.stream().pipeTo(new WritableStream({ write: take }));
      } catch (thrown) {
        throw thrown instanceof StudioError ? thrown : refusal('bundleArchive', path, '', reasonOf(thrown), thrown);
      }
    },
  };
}

/** A whole file in memory. */
export async function bytesOf({ sizeBytes, pass }: SourceFile): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  await pass((piece) => {
    bytes.set(piece, at);
    at += piece.length;
  });
  return bytes;
}
