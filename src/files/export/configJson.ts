/** `config.json` of the bundle, which `from_pretrained` builds the model from. */
import { BOS_ID, EOS_ID, type ModelConfig, PAD_ID } from '../../core/config.ts';
import type { OnnxPrecision, WeightFormat } from './options.ts';

/** What the folder holds beside it. */
interface FolderFiles {
  readonly weights: WeightFormat;
  /** The ONNX file that Transformers.js is to load. */
  readonly onnx: OnnxPrecision;
  /** Ids of `<s>`, `<pad>` and `</s>` in the files. */
  readonly ids: { readonly bos: number; readonly pad: number; readonly eos: number };
  readonly tokenTypes: number;
}

const PLAIN: FolderFiles = {
  weights: 'float32',
  onnx: 'fp32',
  ids: { bos: BOS_ID, pad: PAD_ID, eos: EOS_ID },
  tokenTypes: 1,
};

/**
 * A number that Python reads as a float: transformers 5 checks types, and refuses 1 where 1.0 is meant.
 * @example float(1) === '1.0'; float(0.1) === '0.1'
 */
function float(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/**
 * Source: `RobertaConfig` of transformers. `transformers.js_config` makes Transformers.js ask for the file that is there; in a
 * browser it would ask for a quantized one.
 */
export function configJson(
  model: ModelConfig,
  vocabSize: number,
  { weights, onnx, ids, tokenTypes }: FolderFiles = PLAIN,
): string {
  const fields: readonly (readonly [name: string, json: string])[] = [
    ['architectures', '["RobertaForMaskedLM"]'],
    ['model_type', '"roberta"'],
    ['vocab_size', String(vocabSize)],
    ['hidden_size', String(model.hiddenSize)],
    ['num_hidden_layers', String(model.numHiddenLayers)],
    ['num_attention_heads', String(model.numAttentionHeads)],
    ['intermediate_size', String(model.intermediateSize)],
    ['hidden_act', '"gelu"'],
    ['hidden_dropout_prob', float(model.hiddenDropoutProb)],
    ['attention_probs_dropout_prob', float(model.attentionProbsDropoutProb)],
    ['max_position_embeddings', String(model.maxPositionEmbeddings)],
    ['type_vocab_size', String(tokenTypes)],
    ['initializer_range', float(model.initializerRange)],
    ['layer_norm_eps', float(model.layerNormEps)],
    ['pad_token_id', String(ids.pad)],
    ['bos_token_id', String(ids.bos)],
    ['eos_token_id', String(ids.eos)],
    ['position_embedding_type', '"absolute"'],
    ['use_cache', 'true'],
    ['classifier_dropout', 'null'],
    ['is_decoder', 'false'],
    ['tie_word_embeddings', 'true'],
    ['dtype', `"${weights}"`],
    ['torch_dtype', `"${weights}"`],
    ['transformers_version', '"4.57.6"'],
    ['transformers.js_config', `{ "dtype": "${onnx}" }`],
  ];
  return `{\n${fields.map(([name, json]) => `  "${name}": ${json}`).join(',\n')}\n}\n`;
}
