// @ts-nocheck Plain scripts, as in the folders of cases that others write.
import { base, without } from '../lib.mjs';
// A model as Transformers.js needs it: the ONNX file, and no weights that could be trained.
export default () =>
  without(base({ onnx: true }), 'model.safetensors', 'onnx/model_fp16.onnx', 'onnx/model_quantized.onnx');
