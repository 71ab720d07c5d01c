/** A bundle's folder in Transformers.js on Node, as a person would load it. */
import { resolve } from 'node:path';
import {
  AutoModelForMaskedLM,
  AutoTokenizer,
  env,
  type PreTrainedTokenizer,
  type Tensor,
} from '@huggingface/transformers';

env.allowRemoteModels = false;

export interface LoadedBundle {
  readonly tokenizer: PreTrainedTokenizer;
  /** Ids with `<s>` and `</s>`. */
  encode(text: string): number[];
  /** Logits of every position, [T, V] as rows. */
  logits(text: string): Promise<number[][]>;
}

/** @param dtype which of the ONNX files; without it the one that config.json names */
export async function loadInTransformersJs(folder: string, dtype?: 'fp32' | 'fp16' | 'q8'): Promise<LoadedBundle> {
  const options = { local_files_only: true };
  const tokenizer = await AutoTokenizer.from_pretrained(resolve(folder), options);
  const model = await AutoModelForMaskedLM.from_pretrained(resolve(folder), { ...options, ...(dtype && { dtype }) });
  return {
    tokenizer,
    encode: (text) => tokenizer.encode(text),
    logits: async (text) => {
      const { logits } = (await model(await tokenizer(text))) as { logits: Tensor };
      return (logits.tolist() as number[][][])[0] ?? [];
    },
  };
}
