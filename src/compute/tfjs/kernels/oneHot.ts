/** A repair of tfjs's one-hot on wasm. To be called before a backend starts. */
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

interface OneHotAttributes {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
}

/**
 * Replaces OneHot on wasm: tfjs's writes whole numbers whatever type is asked for, so that a float32 one-hot reads as
 * 1.4e-45 where it should be 1. An id outside the depth gives a row of `offValue`, as on the other backends.
 */
export function overrideOneHot(): void {
  if (tf.getKernel('OneHot', 'wasm') != null) tf.unregisterKernel('OneHot', 'wasm');
  tf.registerKernel({
    kernelName: 'OneHot',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const wasm = backend as BackendWasm;
      const { indices } = inputs as { indices: tf.TensorInfo };
      const { dtype, depth, onValue, offValue } = attrs as unknown as OneHotAttributes;
      const output = wasm.makeOutput([...indices.shape, depth], dtype);
      const ids = wasm.typedArrayFromHeap(indices);
      const values = wasm.typedArrayFromHeap(output).fill(offValue);
      for (const [row, id] of ids.entries()) if (id >= 0 && id < depth) values[row * depth + id] = onValue;
      return output;
    },
  });
}
