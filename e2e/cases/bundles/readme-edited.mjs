// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, set, withChecksums } from '../lib.mjs';

const README = '---\nlicense: mit\n---\n\n# my-bert\n\nA small model.\n';
export default () =>
  set(
    withChecksums(set(base({ onnx: true }), 'README.md', README)),
    'README.md',
    `${README}\nTrained on the ferry stories, in May.\n`,
  );
