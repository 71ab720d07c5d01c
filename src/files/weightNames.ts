/**
 * Weights by the names of the state dict, whatever a file calls them:
 *
 *     _orig_mod.module.roberta.embeddings.LayerNorm.gamma   →   roberta.embeddings.LayerNorm.weight
 *     encoder.layer.0.output.dense.bias                     →   roberta.encoder.layer.0.output.dense.bias
 */
import { refusal, shorten } from './refusals.ts';
import type { FoundTensor, FoundTensors } from './weightFiles.ts';

/** What PyTorch's wrappers put between the parts of a name. */
const WRAPPERS = /(^|\.)(module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|_forward_module)(?=\.)/g;
/** A model within somebody's own has that one's name for it first. */
const WITHIN =
  /^(?:.*?\.)??(?:roberta\.(?=(?:embeddings|encoder|pooler)\.)|(?=(?:embeddings|encoder\.layer|pooler)\.|lm_head\.))/;
const OLD_ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/(LayerNorm|layer_norm)\.gamma$/, '$1.weight'],
  [/(LayerNorm|layer_norm)\.beta$/, '$1.bias'],
];

/** The name in the state dict of a RobertaForMaskedLM; what belongs to no part of it stays as it is. */
function plainName(name: string): string {
  const unwrapped = name.replace(WRAPPERS, '').replace(/^\./, '');
  const match = WITHIN.exec(unwrapped);
  if (match === null) return unwrapped;
  const inner = unwrapped.slice(match[0].length);
  const renamed = OLD_ENDINGS.reduce((text, [old, now]) => text.replace(old, now), inner);
  return renamed.startsWith('lm_head.') ? renamed : `roberta.${renamed}`;
}

/** Tensors by their plain names. @throws StudioError `bundleWeights` where two have the same */
export function byPlainName(tensors: FoundTensors): FoundTensors {
  const named: FoundTensors = new Map();
  const originals = new Map<string, string>();
  for (const [name, tensor] of tensors) {
    const plain = plainName(name);
    const known = named.get(plain);
    if (known !== undefined && !isSame(known, tensor)) {
      const reason = `and ${shorten(originals.get(plain) ?? '')} are both ${plain}, with other values`;
      throw refusal('bundleWeights', tensor.file, name, reason);
    }
    named.set(plain, tensor);
    originals.set(plain, name);
  }
  return named;
}

function isSame(one: FoundTensor, other: FoundTensor): boolean {
  return (
    one.dtype === other.dtype &&
    one.bytes.length === other.bytes.length &&
    one.bytes.every((byte, place) => byte === other.bytes[place])
  );
}
