// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, editTensors, floats } from '../lib.mjs';
// A model saved after .double(): every number is a float32 in eight bytes.
export default () =>
  editTensors(base(), (tensors) =>
    tensors.map(([name, tensor]) => [
      name,
      { ...tensor, dtype: 'F64', bytes: new Uint8Array(Float64Array.from(floats(tensor)).buffer) },
    ]),
  );
