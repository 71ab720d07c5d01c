/**
 * Where each parameter lies in one flat buffer, so that norm, clipping and AdamW are one pass over it. Gradients and both
 * moments have the same layout. Parameters come in an order of their own:
 *
 *     tables and matrices (decayed)  …  token types | LayerNorm scales and shifts | other biases (none of them decayed)
 *
 * A layer's query, key and value lie side by side, so that one product computes all three. Rows of the vocabulary are
 * padded to a multiple of four with rows that stay 0.
 */
import type { ModelConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { parameterSpecs } from '../../model/parameters.ts';
import { type Parameter, sizeOf } from '../../model/value.ts';
import { ALIGNMENT } from './alignment.ts';

/** A stretch of the flat buffer, in numbers. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
}

export interface ParameterLayout {
  /** Numbers in the flat buffer, gaps included. */
  readonly length: number;
  /** Numbers before this one are subject to weight decay. */
  readonly decayedLength: number;
  /** V rounded up to a multiple of 4. */
  readonly paddedVocabSize: number;
  /** Where a parameter's own numbers start. */
  readonly startOf: ReadonlyMap<string, number>;
  /** Stretches to bind: parameters by their names, a layer's packed ones by `…self.qkv.weight` and `…self.qkv.bias`. */
  readonly stretchOf: ReadonlyMap<string, Stretch>;
  /** Token types and all LayerNorm parameters: what is summed over rows. */
  readonly rowSums: Stretch;
}

interface Group {
  readonly name: string;
  readonly specs: readonly Parameter[];
  /** Numbers bound, padding included. */
  readonly length: number;
}

const PACKED = /^(.*\.self)\.(query|key|value)\.(weight|bias)$/;
const TOKEN_TYPES = 'roberta.embeddings.token_type_embeddings.weight';

export function layOutParameters(model: ModelConfig, vocabSize: number): ParameterLayout {
  const paddedVocabSize = roundUp(vocabSize, 4);
  const groups = groupsOf(parameterSpecs(model, vocabSize), vocabSize, paddedVocabSize);
  const startOf = new Map<string, number>();
  const stretchOf = new Map<string, Stretch>();
  let length = 0;
  let decayedLength = 0;
  const rowSums = { start: 0, end: 0 };
  for (const group of groups) {
    stretchOf.set(group.name, { start: length, length: group.length });
    let start = length;
    for (const spec of group.specs) {
      startOf.set(spec.name, start);
      start += sizeOf(spec.shape);
    }
    if (group.name === TOKEN_TYPES) rowSums.start = length;
    length = roundUp(length + group.length, ALIGNMENT);
    if (group.specs.some((spec) => spec.decay)) decayedLength = length;
    if (group.name === TOKEN_TYPES || isNorm(group)) rowSums.end = length;
  }
  const { start, end } = rowSums;
  return { length, decayedLength, paddedVocabSize, startOf, stretchOf, rowSums: { start, length: end - start } };
}

/** The parameters' own numbers in a flat buffer, by name; copies. */
export function namedParameters(
  layout: ParameterLayout,
  specs: readonly Parameter[],
  flat: Float32Array,
): ReadonlyMap<string, Float32Array> {
  return new Map(
    specs.map(({ name, shape }) => {
      const start = layout.startOf.get(name) ?? 0;
      return [name, flat.slice(start, start + sizeOf(shape))];
    }),
  );
}

/**
 * The other way round; gaps and padding are 0.
 * @throws StudioError `internal` if a parameter is missing or has another size
 */
export function flattenParameters(
  layout: ParameterLayout,
  specs: readonly Parameter[],
  values: ReadonlyMap<string, Float32Array>,
): Float32Array<ArrayBuffer> {
  const flat = new Float32Array(layout.length);
  for (const { name, shape } of specs) {
    const [own, start] = [values.get(name), layout.startOf.get(name)];
    if (own?.length !== sizeOf(shape) || start === undefined) {
      throw new StudioError('internal', `values of ${name}: ${own?.length ?? 0} numbers for [${shape}]`, { name });
    }
    flat.set(own, start);
  }
  return flat;
}

function groupsOf(specs: readonly Parameter[], vocabSize: number, paddedVocabSize: number): Group[] {
  const groups = new Map<string, Parameter[]>();
  for (const spec of specs) {
    const packed = PACKED.exec(spec.name);
    const name = packed === null ? spec.name : `${packed[1]}.qkv.${packed[3]}`;
    groups.set(name, [...(groups.get(name) ?? []), spec]);
  }
  const sized = [...groups].map(([name, members]) => {
    const size = members.reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
    const first = members[0]?.shape[0];
    const isVocabulary = first === vocabSize && /word_embeddings|^lm_head\.bias$/.test(name);
    return { name, specs: members, length: isVocabulary ? (size / vocabSize) * paddedVocabSize : roundUp(size, 4) };
  });
  return sized.sort((a, b) => rankOf(a) - rankOf(b));
}

/** Sorting by it is stable, so that the file's order is kept within a rank. */
function rankOf(group: Group): number {
  if (group.name === TOKEN_TYPES) return 1;
  if (isNorm(group)) return 2;
  return group.specs.some((spec) => spec.decay) ? 0 : 3;
}

function isNorm({ specs }: Group): boolean {
  return specs.some((spec) => spec.kind === 'normWeight' || spec.kind === 'normBias');
}

function roundUp(value: number, multiple: number): number {
  return multiple * Math.ceil(value / multiple);
}
