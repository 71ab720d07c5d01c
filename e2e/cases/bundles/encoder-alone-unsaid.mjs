// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, editJson, editTensors } from '../lib.mjs';
// The same without a word about it in config.json, as after pushing an encoder by hand.
export default () =>
  editTensors(
    editJson(base(), 'config.json', ({ architectures: _, ...json }) => json),
    (tensors) =>
      tensors
        .filter(([name]) => name.startsWith('roberta.'))
        .map(([name, tensor]) => [name.slice('roberta.'.length), tensor]),
  );
