// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, editJson } from '../lib.mjs';
// A list of one pre-tokenizer is that pre-tokenizer.
export default () =>
  editJson(base(), 'tokenizer.json', (json) => {
    json.pre_tokenizer = { type: 'Sequence', pretokenizers: [json.pre_tokenizer] };
  });
