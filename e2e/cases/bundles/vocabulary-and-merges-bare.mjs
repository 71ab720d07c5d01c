// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, only, set, textOf } from '../lib.mjs';
// As `tokenizers` saves a tokenizer, then edited on Windows: no tokenizer_config.json, CR LF, no line “#version”.
export default () => {
  const files = only(base(), 'config.json', 'model.safetensors', 'vocab.json', 'merges.txt');
  const merges = textOf(files.get('merges.txt')).split('\n').slice(1).join('\r\n');
  return set(files, 'merges.txt', merges);
};
