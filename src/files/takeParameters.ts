/** A model's parameters out of the tensors of its files. */
import { drawWeights } from '../model/initialize.ts';
import { WORD_TABLE } from '../model/roberta.ts';
import type { Parameter } from '../model/value.ts';
import type { ReadConfig } from './configJson.ts';
import { fileSpecs, WORD_BIAS } from './fileLayout.ts';
import { refusal, shorten, shown } from './refusals.ts';
import { floatsOf, WEIGHTS_NAME } from './safetensors.ts';
import type { FoundTensor, FoundTensors } from './weightFiles.ts';

export interface TakenParameters {
  /** As float32, by name, in the files' order. */
  readonly parameters: Map<string, Float32Array>;
  readonly notices: readonly string[];
}

/** What older versions leave in a file, and nobody needs. */
const LEFT_OVER = /^(roberta\.embeddings\.(position_ids|token_type_ids)|roberta\.pooler\.dense\.(weight|bias))$/;
/** Heads for other tasks, and what was trained beside the model. */
const OTHER_HEAD =
  /^(classifier|qa_outputs|score|cls|logits_proj|pooler|pre_classifier|classification_head|loss_fct|criterion)\b/;
/** The decoder is tied: the same numbers under a second name. */
const TIED: Readonly<Record<string, string>> = {
  [WORD_TABLE]: 'lm_head.decoder.weight',
  [WORD_BIAS]: 'lm_head.decoder.bias',
};

/**
 * Every parameter of the model.
 * @param tensors by their plain names
 * @param newHead whether a missing masked-LM head may be made anew
 * @throws StudioError `bundleWeights`; `bundleNoHead` for an encoder alone
 */
export function takeParameters(tensors: FoundTensors, config: ReadConfig, newHead: boolean): TakenParameters {
  const rest = new Map(tensors);
  const parameters = new Map<string, Float32Array>();
  const hasHead = [...tensors.keys()].some((name) => name.startsWith('lm_head.') && name !== TIED[WORD_TABLE]);
  const fresh = hasHead ? null : freshHead(config, tensors, newHead);
  for (const spec of fileSpecs(config.model, config)) {
    const made = fresh?.get(spec.name);
    parameters.set(spec.name, made ?? takeParameter(rest, spec));
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

/** The parameter under one of its names. */
function takeParameter(rest: FoundTensors, { name, shape }: Parameter): Float32Array {
  const twin = TIED[name];
  const found = [name, ...(twin === undefined ? [] : [twin])].flatMap((key) => {
    const tensor = rest.get(key);
    rest.delete(key);
    return tensor === undefined ? [] : [{ values: valuesOf(tensor, key, shape), file: tensor.file }];
  });
  const [first, second] = found;
  if (first === undefined) throw refusal('bundleWeights', WEIGHTS_NAME, name, 'is missing');
  if (second?.values.some((value, place) => value !== first.values[place])) {
    const reason = `differs from ${name}; Folio reads models in which they are tied`;
    throw refusal('bundleWeights', second.file, String(twin), reason);
  }
  return first.values;
}

function valuesOf(tensor: FoundTensor, name: string, shape: readonly number[]): Float32Array {
  if (tensor.shape.join() !== shape.join()) {
    const reason = `has the shape ${shown(tensor.shape)}, and config.json asks for ${shown(shape)}`;
    throw refusal('bundleWeights', tensor.file, name, reason);
  }
  return floatsOf(tensor.file, name, tensor);
}

/** Of a layer beyond those of the config, or of nothing that the model has. */
function stray(name: string, file: string, { model }: ReadConfig): Error {
  const layer = /^roberta\.encoder\.layer\.(\d+)\./.exec(name)?.[1];
  const isBeyond = layer !== undefined && Number(layer) >= model.numHiddenLayers;
  const reason = isBeyond
    ? `is of layer ${Number(layer) + 1}, and config.json has num_hidden_layers ${model.numHiddenLayers}`
    : 'is no part of the model that config.json describes';
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
  const word = tensors.get(WORD_TABLE) ?? [...tensors.values()][0];
  const file = word?.file ?? WEIGHTS_NAME;
  if (!tensors.has(WORD_TABLE)) {
    const [first = ''] = tensors.keys();
    const reason = `holds no weights of a RoBERTa, but ${tensors.size} others, such as ${shorten(first, 60)}`;
    throw refusal('bundleWeights', file, '', reason);
  }
  if (!newHead) {
    const heads = [...tensors.keys()].flatMap((name) => OTHER_HEAD.exec(name)?.[0] ?? []);
    const other = heads[0] === undefined ? '' : `, but one for another task (${heads[0]})`;
    throw refusal('bundleNoHead', file, '', `holds an encoder without a masked-LM head (lm_head)${other}`);
  }
  const drawn = drawWeights({ ...model, initialization: 'normal' }, vocabSize, HEAD_SEED);
  return new Map([...drawn].filter(([name]) => name.startsWith('lm_head.')));
}
