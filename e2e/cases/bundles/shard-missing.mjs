// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, readTensors, set, without, writeTensors } from '../lib.mjs';
// An index and one of its two files: the download stopped between them.
export default () => {
  const files = base();
  const tensors = [...readTensors(files.get('model.safetensors'))];
  const names = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const weight_map = Object.fromEntries(tensors.map(([name], n) => [name, names[n < 20 ? 0 : 1]]));
  const made = set(
    without(files, 'model.safetensors'),
    'model.safetensors.index.json',
    JSON.stringify({ metadata: { total_size: 127488 }, weight_map }, null, 2),
  );
  return set(made, names[0], writeTensors(new Map(tensors.slice(0, 20))));
};
