// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, editTensors } from '../lib.mjs';
// The state of a model that torch.compile wrapped.
export default () => editTensors(base(), (tensors) => tensors.map(([name, tensor]) => [`_orig_mod.${name}`, tensor]));
