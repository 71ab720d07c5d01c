// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { BOM, base, set, textOf } from '../lib.mjs';
export default () => {
  const files = base();
  return ['tokenizer.json', 'tokenizer_config.json'].reduce(
    (all, path) => set(all, path, BOM + textOf(files.get(path))),
    files,
  );
};
