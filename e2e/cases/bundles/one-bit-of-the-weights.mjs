// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, set, withChecksums } from '../lib.mjs';
// This one has to be noticed: the weights are not those that were written.
export default () => {
  const files = withChecksums(base());
  const weights = files.get('model.safetensors').slice();
  weights[100_001] ^= 0x10;
  return set(files, 'model.safetensors', weights);
};
