// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, set, without } from '../lib.mjs';
// A checkpoint of the Trainer from before safetensors, listed as folders come: training_args.bin first.
export default () => {
  const rest = without(base(), 'model.safetensors');
  let files = set(new Map(), 'training_args.bin', new Uint8Array(600).fill(0x80));
  for (const name of ['optimizer.pt', 'rng_state.pth', 'scheduler.pt'])
    files = set(files, name, new Uint8Array(300).fill(0x80));
  files = set(files, 'pytorch_model.bin', new Uint8Array(4000).fill(0x80));
  return new Map([...files, ...rest]);
};
