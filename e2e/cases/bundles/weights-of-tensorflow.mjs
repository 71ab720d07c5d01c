// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, set, without } from '../lib.mjs';
export default () => set(without(base(), 'model.safetensors'), 'tf_model.h5', new Uint8Array(4000).fill(0x89));
