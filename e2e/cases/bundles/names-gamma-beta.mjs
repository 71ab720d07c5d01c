// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, editTensors } from '../lib.mjs';

// As the first conversions from TensorFlow named them.
const old = (name) =>
  name.replace(/(LayerNorm|layer_norm)\.weight$/, '$1.gamma').replace(/(LayerNorm|layer_norm)\.bias$/, '$1.beta');
export default () => editTensors(base(), (tensors) => tensors.map(([name, tensor]) => [old(name), tensor]));
