// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, editJson } from '../lib.mjs';
// BertProcessing does what RobertaProcessing does for one text.
export default () =>
  editJson(base(), 'tokenizer.json', (json) => {
    json.post_processor = { type: 'BertProcessing', sep: ['</s>', 2], cls: ['<s>', 0] };
  });
