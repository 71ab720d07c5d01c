/// <reference lib="webworker" />
/**
 * The worker that reads a bundle as a stranger would: with Transformers.js and onnxruntime-web. It is started when Verify is
 * pressed and ended afterwards. Nothing is fetched but the runtime, from the page's own origin.
 */
import { AutoModelForMaskedLM, AutoTokenizer, env, type Tensor } from '@huggingface/transformers';
import factoryUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import binaryUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { StudioError } from '../../core/errors.ts';
import { type BundleSource, openSource, readFile } from '../../files/bundleSource.ts';
import { type Commands, serve } from '../../studio/rpc.ts';
import { type CopyAnswer, compareCopy, type VerifyCase, type VerifyRequest } from './verifyReport.ts';

/** An ONNX file may have 2 GiB. */
const LARGEST_FILE_BYTES = 2 ** 31;
const MODEL = 'bundle';

export const bundleCommands = {
  /** Compares the bundle with what the live model said. */
  'bundle.compare': async (_session, { origin, cases }: VerifyRequest) => {
    serveFrom(await openSource(origin));
    const tokenizer = await AutoTokenizer.from_pretrained(MODEL);
    const model = await AutoModelForMaskedLM.from_pretrained(MODEL);
    const ask = async ({ text, positions }: VerifyCase): Promise<CopyAnswer> => {
      const inputs = await tokenizer(text);
      const { logits } = (await model(inputs)) as { logits: Tensor };
      const width = logits.dims.at(-1) ?? 0;
      const values = logits.data as Float32Array;
      return {
        ids: Array.from((inputs['input_ids'] as Tensor).data as BigInt64Array, Number),
        logits: positions.map((place) => values.slice(place * width, (place + 1) * width)),
      };
    };
    try {
      return await compareCopy(cases, ask, (id) => tokenizer.decode([id]));
    } finally {
      await model.dispose();
    }
  },
} satisfies Commands<null>;

/** Gives Transformers.js the bundle's files in place of every other source. */
function serveFrom(source: BundleSource): void {
  env.allowLocalModels = true;
  env.allowRemoteModels = false;
  env.localModelPath = '/models/';
  env.useBrowserCache = false;
  // Else the runtime's script would be started from a blob, which the page's policy forbids.
  env.useWasmCache = false;
  env.useCustomCache = true;
  env.customCache = {
    match: async (key) => {
      const path = String(key).split(`/${MODEL}/`)[1];
      if (path === undefined || !source.files.has(path)) return new Response(null, { status: 404 });
      return new Response(await readFile(source, path, LARGEST_FILE_BYTES));
    },
    put: async () => undefined,
  };
  const { wasm } = env.backends.onnx;
  if (!wasm) throw new StudioError('internal', 'no wasm runtime', { reason: 'the ONNX runtime has no WebAssembly' });
  // Absolute: the script resolves them against its own address.
  wasm.wasmPaths = {
    mjs: new URL(factoryUrl, self.location.href).href,
    wasm: new URL(binaryUrl, self.location.href).href,
  };
  wasm.numThreads = 1;
}

serve(bundleCommands, () => null);
