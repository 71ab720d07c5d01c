// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, editJson } from '../lib.mjs';
// A list of no normalizers does nothing.
export default () =>
  editJson(base(), 'tokenizer.json', (json) => {
    json.normalizer = { type: 'Sequence', normalizers: [] };
  });
