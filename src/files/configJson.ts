/** `config.json` of a bundle, written and read: `from_pretrained` builds the model from it. */
import * as v from 'valibot';
import { fileKey, type ModelConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { validateModelConfig } from '../core/validation.ts';
import type { OnnxPrecision, WeightFormat } from './exportOptions.ts';
import { check, parseJson, refuser, shorten, shown, whole } from './refusals.ts';

/** What the folder holds beside it. */
interface FolderFiles {
  readonly weights: WeightFormat;
  /** The ONNX file that Transformers.js is to load. */
  readonly onnx: OnnxPrecision;
  /** Ids of `<s>`, `<pad>` and `</s>` in the files. */
  readonly ids: { readonly bos: number; readonly pad: number; readonly eos: number };
  readonly tokenTypes: number;
}

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
  { weights, onnx, ids, tokenTypes }: FolderFiles,
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

export const CONFIG_NAME = 'config.json';

export const refuseConfig = refuser('bundleConfig', CONFIG_NAME);
const number = v.number('a number');
/** More rows than any tokenizer has; the table of their ids is made before the weights are looked at. */
const LARGEST_VOCABULARY = 1_000_000;

/** A field that may be left out, or be null, where it is the library's default. */
const or = (inner: v.GenericSchema<number, number>, value: number) =>
  v.pipe(
    v.optional(v.nullable(inner), null),
    v.transform((given): number => given ?? value),
  );

/** Off, or not said. @param expected what Folio expects where it is on */
const off = (expected: string) => v.optional(v.nullable(v.pipe(v.boolean('true or false'), v.value(false, expected))));
const TWO_WAY = 'a bidirectional model, not a causal (left-to-right) one';

/**
 * Source: `RobertaConfig` in transformers, whose defaults stand for what is not there: a file may leave out what equals the
 * library's default.
 */
const schema = v.object({
  vocab_size: or(v.pipe(whole, v.maxValue(LARGEST_VOCABULARY, `at most ${LARGEST_VOCABULARY}`)), 50265),
  hidden_size: or(whole, 768),
  num_hidden_layers: or(whole, 12),
  num_attention_heads: or(whole, 12),
  intermediate_size: or(whole, 3072),
  // Both names are the exact GELU, with erf.
  hidden_act: v.optional(v.picklist(['gelu', 'gelu_python'])),
  hidden_dropout_prob: or(number, 0.1),
  attention_probs_dropout_prob: or(number, 0.1),
  max_position_embeddings: or(whole, 512),
  type_vocab_size: or(v.pipe(whole, v.minValue(1, '1 or more')), 2),
  initializer_range: or(number, 0.02),
  layer_norm_eps: or(number, 1e-12),
  pad_token_id: or(whole, 1),
  position_embedding_type: v.optional(v.nullable(v.literal('absolute'))),
  is_decoder: off(TWO_WAY),
  add_cross_attention: off('an encoder without cross-attention'),
  tie_word_embeddings: v.optional(v.nullable(v.boolean('true or false')), true),
  quantization_config: v.optional(v.unknown()),
});

/** Architectures that are taken for RoBERTa’s, or stand beside it, as people call them. */
const OTHER_MODELS: Readonly<Record<string, string>> = {
  'xlm-roberta': 'XLM-RoBERTa, whose tokenizer is SentencePiece',
  camembert: 'CamemBERT, whose tokenizer is SentencePiece',
  'roberta-prelayernorm': 'RoBERTa with pre-layer normalisation (pre-LN)',
  bert: 'BERT',
  distilbert: 'DistilBERT',
  albert: 'ALBERT',
  electra: 'ELECTRA',
  deberta: 'DeBERTa',
  'deberta-v2': 'DeBERTa',
  modernbert: 'ModernBERT',
  longformer: 'Longformer',
  mpnet: 'MPNet',
  bart: 'BART',
  t5: 'T5',
  gpt2: 'GPT-2',
  llama: 'Llama',
};

const kindSchema = v.object({
  model_type: v.optional(v.nullable(v.string())),
  architectures: v.optional(v.nullable(v.array(v.string()))),
});

/**
 * Whether it is a RoBERTa at all; which head it has, the weights say.
 * @throws StudioError `bundleArchitecture`, naming what it is
 */
function assertRoberta(json: unknown): void {
  const { model_type: type, architectures } = check('bundleConfig', CONFIG_NAME, kindSchema, json);
  const refuse = refuser('bundleArchitecture', CONFIG_NAME);
  if (type && type !== 'roberta') {
    const known = OTHER_MODELS[type];
    throw refuse('', `has another architecture: model_type is “${shorten(type, 40)}”${known ? ` (${known})` : ''}`);
  }
  const named = architectures ?? [];
  if (named.length > 0 && !named.some((name) => name.startsWith('Roberta'))) {
    throw refuse('', `has another architecture: architectures is ${shown(named)}`);
  }
  if (!type && named.length === 0 && typeof json === 'object' && json !== null && !('hidden_size' in json)) {
    throw refuse('', 'describes no model: it has neither model_type nor sizes');
  }
}

export type ReadConfig = ReturnType<typeof readConfig>;

/**
 * The model that a config.json describes.
 * @throws StudioError `bundleArchitecture` for anything but a RoBERTa, `bundleConfig` for sizes that Folio does not compute
 */
export function readConfig(text: string) {
  const json = parseJson('bundleConfig', CONFIG_NAME, text);
  assertRoberta(json);
  const config = check('bundleConfig', CONFIG_NAME, schema, json);
  const { pad_token_id: padId, max_position_embeddings: positions } = config;
  if (padId >= config.vocab_size) {
    throw refuseConfig('pad_token_id', `is ${padId}, but there are only ${config.vocab_size} tokens`);
  }
  const model = {
    hiddenSize: config.hidden_size,
    numHiddenLayers: config.num_hidden_layers,
    numAttentionHeads: config.num_attention_heads,
    intermediateSize: config.intermediate_size,
    // Positions count from pad_token_id + 1, and from 2 in the engine.
    maxPositionEmbeddings: positions - padId + 1,
    hiddenDropoutProb: config.hidden_dropout_prob,
    attentionProbsDropoutProb: config.attention_probs_dropout_prob,
    layerNormEps: config.layer_norm_eps,
    initialization: 'auto',
    initializerRange: config.initializer_range,
  };
  if (config.quantization_config) {
    throw refuseConfig(
      'quantization_config',
      'is present: the model is quantised, and Folio can’t train quantised weights',
    );
  }
  return {
    /** As the engine counts positions: see `fileLayout.ts`. */
    model: validModel(model),
    /** Rows of the word table: the tokens, and what pads them. */
    vocabSize: config.vocab_size,
    padId,
    /** Rows of the table of token types, of which the first is read. */
    tokenTypes: config.type_vocab_size,
    /** Whether the decoder of the head is the word table, said or not. */
    isTied: config.tie_word_embeddings !== false,
  };
}

function validModel(model: unknown): ModelConfig {
  try {
    return validateModelConfig(model);
  } catch (thrown) {
    const { key, value, rule } = StudioError.from(thrown).details;
    throw refuseConfig(fileKey(String(key)), `can’t be ${value}. ${String(rule).replace(/\.$/, '')}`, thrown);
  }
}
