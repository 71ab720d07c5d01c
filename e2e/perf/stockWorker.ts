/** The same model on tfjs alone: nothing of Folio's kernels is loaded in this worker. */
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plainWasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdWasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedWasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import '@tensorflow/tfjs-backend-webgpu';
import { type CreateEngine, serveEngine } from './benchEngine.ts';
import { createStockModel } from './stockModel.ts';

setWasmPaths({
  'tfjs-backend-wasm.wasm': plainWasmUrl,
  'tfjs-backend-wasm-simd.wasm': simdWasmUrl,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedWasmUrl,
});

const create: CreateEngine = async (shape, backend) => {
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs has no ${backend} here`);
  await tf.ready();
  const model = createStockModel(shape);
  let loss: tf.Scalar | null = null;
  return {
    adapter: backend,
    step: (step) => {
      loss?.dispose();
      loss = model.step(step);
    },
    finish: async () => (await loss?.data())?.[0] ?? Number.NaN,
    bytes: () => {
      const memory = tf.memory() as tf.MemoryInfo & { readonly numBytesInGPU?: number };
      return memory.numBytesInGPU ?? memory.numBytes;
    },
    dispose: () => {
      loss?.dispose();
      model.dispose();
    },
  };
};

serveEngine(create);
