// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, editJson } from '../lib.mjs';
// ByteLevelBPETokenizer(lowercase=True) writes it so.
export default () =>
  editJson(base(), 'tokenizer.json', (json) => {
    json.normalizer = { type: 'Lowercase' };
  });
