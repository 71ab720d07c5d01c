// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { gzipSync } from 'node:zlib';
import { base, bytesOf } from '../lib.mjs';

// Clusters pack folders so.
function tar(files) {
  const blocks = [];
  for (const [path, bytes] of files) {
    const head = new Uint8Array(512);
    const put = (text, at) => head.set(bytesOf(text), at);
    put(`my-bert/${path}`, 0);
    put('0000644\0' + '0000000\0' + '0000000\0', 100);
    put([`${bytes.length.toString(8).padStart(11, '0')}\0`, '14600000000\0', '        ', '0'].join(''), 124);
    put('ustar\0' + '00', 257);
    put(
      `${head
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    blocks.push(head, bytes, new Uint8Array((512 - (bytes.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, new Uint8Array(1024)]);
}
export default () => ({ name: 'my-bert.tar.gz', bytes: new Uint8Array(gzipSync(tar(base()))) });
