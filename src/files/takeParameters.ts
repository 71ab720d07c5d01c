/** A model's parameters out of the tensors of its files. */
import { drawWeights } from '../model/initialize.ts';
import { WORD_TABLE } from '../model/roberta.ts';
import type { Parameter } from '../model/value.ts';
import { type ReadConfig, refuseConfig } from './configJson.ts';
import { fileSpecs, WORD_BIAS } from './fileLayout.ts';
import { refusal, shorten, shown } from './refusals.ts';
import { floatsOf, WEIGHTS_NAME } from './safetensors.ts';
import type { FoundTensor, FoundTensors } from './weightFiles.ts';

/** What older versions leave in a file, and nobody needs. */
const LEFT_OVER =
  /^(roberta\.embeddings\.(position_ids|token_type_ids)|roberta\.pooler\.dense\.(weight|bias)|n_averaged)$/;
/** Heads for other tasks, and what was trained beside the model. */
const OTHER_HEAD =
  /^(classifier|qa_outputs|score|cls|logits_proj|pooler|pre_classifier|classification_head|loss_fct|criterion)\b/;
const DECODER = 'lm_head.decoder.weight';
/** The decoder is tied: the same numbers under a second name. */
const TIED: Readonly<Record<string, string>> = {
  [WORD_TABLE]: DECODER,
  [WORD_BIAS]: 'lm_head.decoder.bias',
};

/**
 * Every parameter of the model.
 * @param tensors by their plain names
 * @param newHead whether a missing masked-LM head may be made anew
 * @returns them as float32 by name, in the files' order, and sentences on what was made or left out
 * @throws StudioError `bundleWeights`; `bundleNoHead` for an encoder alone
 */
export function takeParameters(tensors: FoundTensors, config: ReadConfig, newHead: boolean) {
  assertRoberta(tensors, config);
  const rest = new Map(tensors);
  const parameters = new Map<string, Float32Array>();
  const hasHead = [...tensors.keys()].some((name) => name.startsWith('lm_head.') && name !== DECODER);
  const fresh = hasHead ? null : freshHead(config, tensors, newHead);
  for (const spec of fileSpecs(config.model, config)) {
    const made = fresh?.get(spec.name);
    parameters.set(spec.name, made ?? takeParameter(rest, spec, config));
  }
  const heads = new Set<string>();
  for (const [name, { file }] of rest) {
    if (LEFT_OVER.test(name)) continue;
    const head = OTHER_HEAD.exec(name)?.[0];
    if (head === undefined) throw stray(name, file, config);
    heads.add(head);
  }
  return {
    parameters,
    notices: [
      ...(fresh === null ? [] : ['The masked-LM head (lm_head) is new: it has random weights until it is trained.']),
      ...(heads.size === 0 ? [] : [`Weights of another head were left out: ${[...heads].join(', ')}.`]),
    ],
  };
}

/** What adapters add to a model: the weights beside it are not those that it computes with. */
const ADAPTER = /\.(lora_[AB]|lora_embedding_[AB]|lora_magnitude_vector|ia3_l|adapters?)\b/;
/** How fairseq, in which RoBERTa was first written, calls its parts. */
const FAIRSEQ = /sentence_encoder\.|^decoder\.embed_tokens\./;

/** @throws StudioError `bundleAdapter`, `bundleWeights` where the weights are those of something else */
function assertRoberta(tensors: FoundTensors, { isTied }: ReadConfig): void {
  const [first = ''] = tensors.keys();
  const file = tensors.get(first)?.file ?? WEIGHTS_NAME;
  const find = (pattern: RegExp): string | undefined => [...tensors.keys()].find((name) => pattern.test(name));
  const adapter = find(ADAPTER);
  if (adapter !== undefined) {
    throw refusal('bundleAdapter', file, '', `contains an adapter beside the model (${shorten(adapter, 100)})`);
  }
  if (find(FAIRSEQ) !== undefined) {
    const reason =
      'has fairseq’s names; transformers can convert it (convert_roberta_original_pytorch_checkpoint_to_pytorch.py)';
    throw refusal('bundleWeights', file, '', reason);
  }
  if (find(/^roberta\.(embeddings|encoder)\./) === undefined) {
    const reason = `contains no RoBERTa weights, but ${tensors.size} others, such as ${shorten(first, 60)}`;
    throw refusal('bundleWeights', file, '', reason);
  }
  if (!isTied && !tensors.has(DECODER)) {
    throw refuseConfig('tie_word_embeddings', 'is false; Folio needs lm_head.decoder tied to the token embeddings');
  }
}

/** The parameter under one of its names. */
function takeParameter(rest: FoundTensors, { name, shape }: Parameter, config: ReadConfig): Float32Array {
  const twin = TIED[name];
  const found = [name, ...(twin === undefined ? [] : [twin])].flatMap((key) => {
    const tensor = rest.get(key);
    rest.delete(key);
    return tensor === undefined ? [] : [{ values: valuesOf(tensor, key, shape), file: tensor.file }];
  });
  const [first, second] = found;
  if (first === undefined) throw absent(name, config);
  if (second?.values.some((value, place) => value !== first.values[place])) {
    const reason = `differs from ${name}; Folio reads models in which they are tied`;
    throw refusal('bundleWeights', second.file, String(twin), reason);
  }
  return first.values;
}

/** What config.json calls the sizes of tensors, by the ends of their names. */
const SIZES: readonly (readonly [RegExp, fields: string])[] = [
  [/word_embeddings\.weight$|decoder\.weight$/, 'vocab_size, hidden_size'],
  [/^lm_head\.(decoder\.)?bias$/, 'vocab_size'],
  [/position_embeddings\.weight$/, 'max_position_embeddings, hidden_size'],
  [/token_type_embeddings\.weight$/, 'type_vocab_size, hidden_size'],
  [/intermediate\.dense\.weight$/, 'intermediate_size, hidden_size'],
  [/intermediate\.dense\.bias$/, 'intermediate_size'],
  [/\.\d+\.output\.dense\.weight$/, 'hidden_size, intermediate_size'],
];

function valuesOf(tensor: FoundTensor, name: string, shape: readonly number[]): Float32Array {
  if (tensor.shape.join() !== shape.join()) {
    const fields = SIZES.find(([ending]) => ending.test(name))?.[1] ?? 'hidden_size';
    const reason = `has the shape ${shown(tensor.shape)}, but config.json requires ${shown(shape)} (${fields})`;
    throw refusal('bundleWeights', tensor.file, name, reason);
  }
  return floatsOf(tensor.file, name, tensor);
}

function absent(name: string, { model }: ReadConfig): Error {
  const isOfLayer = name.startsWith('roberta.encoder.layer.');
  const reason = isOfLayer ? `is missing; config.json has num_hidden_layers ${model.numHiddenLayers}` : 'is missing';
  return refusal('bundleWeights', WEIGHTS_NAME, name, reason);
}

/** Of a layer beyond those of the config, or of nothing that the model has. */
function stray(name: string, file: string, { model }: ReadConfig): Error {
  const layer = /^roberta\.encoder\.layer\.(\d+)\./.exec(name)?.[1];
  const isBeyond = layer !== undefined && Number(layer) >= model.numHiddenLayers;
  const reason = isBeyond
    ? `belongs to layer ${Number(layer) + 1}, but config.json has num_hidden_layers ${model.numHiddenLayers}`
    : 'is not part of the model that config.json describes';
  return refusal('bundleWeights', file, name, reason);
}

/** Its weights do not depend on anything that a person sets: the same encoder gets the same head. */
const HEAD_SEED = 1;

/** A head with weights as RoBERTa's starts with. @throws StudioError `bundleNoHead` unless it is wanted */
function freshHead(
  { model, vocabSize }: ReadConfig,
  tensors: FoundTensors,
  newHead: boolean,
): Map<string, Float32Array> {
  const file = tensors.get(WORD_TABLE)?.file ?? WEIGHTS_NAME;
  if (!newHead) {
    const heads = [...tensors.keys()].flatMap((name) => OTHER_HEAD.exec(name)?.[0] ?? []);
    const other = heads[0] === undefined ? '' : `, but one for another task (${heads[0]})`;
    throw refusal('bundleNoHead', file, '', `contains an encoder without a masked-LM head (lm_head)${other}`);
  }
  const drawn = drawWeights({ ...model, initialization: 'normal' }, vocabSize, HEAD_SEED);
  return new Map([...drawn].filter(([name]) => name.startsWith('lm_head.')));
}
