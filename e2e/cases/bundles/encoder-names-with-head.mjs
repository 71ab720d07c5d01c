// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, editTensors } from '../lib.mjs';
// All weights are there; those of the encoder lack “roberta.”.
export default () =>
  editTensors(base(), (tensors) => tensors.map(([name, tensor]) => [name.replace(/^roberta\./, ''), tensor]));
