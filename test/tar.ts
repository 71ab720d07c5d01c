/** A tar, as GNU tar writes it, with headers of their own for long names. */
import type { Files } from './bundles.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function block(path: string, bytes: Uint8Array, kind: string): Uint8Array[] {
  const header = new Uint8Array(512);
  const put = (text: string, at: number): void => header.set(encode(text), at);
  put(path.slice(0, 100), 0);
  put('0000644\0' + '0000000\0' + '0000000\0', 100);
  put(`${bytes.length.toString(8).padStart(11, '0')}\0${'14600000000\0'}        ${kind}`, 124);
  put('ustar  \0', 257);
  put(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return [header, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512)];
}

/** @param files by path */
export function tarOf(files: Files): Uint8Array<ArrayBuffer> {
  const blocks = [...files].flatMap(([path, bytes]) => [
    ...(path.length > 100 ? block('././@LongLink', encode(`${path}\0`), 'L') : []),
    ...block(path, bytes, '0'),
  ]);
  return new Uint8Array(Buffer.concat([...blocks, new Uint8Array(1024)]));
}
