// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, set, textOf, withChecksums } from '../lib.mjs';
// Only the list itself got other line ends.
export default () => {
  const files = withChecksums(base());
  return set(files, 'checksums.txt', textOf(files.get('checksums.txt')).replaceAll('\n', '\r\n'));
};
