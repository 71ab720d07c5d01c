// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, editJson } from '../lib.mjs';
export default () =>
  editJson(base(), 'tokenizer.json', (json) => {
    json.post_processor = null;
  });
