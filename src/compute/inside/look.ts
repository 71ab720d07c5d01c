/** One pass of a text through the model, with everything that a person may look at on the way. */
import type { AttentionMaps } from '../../core/inside/attentionMaps.ts';
import { rowOf, scoreToken, type TokenScore, topTokens } from '../evaluation/topTokens.ts';
import { paddedRows } from '../model/inputs.ts';
import type { Roberta } from '../model/robertaModel.ts';

/** What the head reads out of one position after one layer. */
export interface LayerReading {
  /** The likeliest tokens, best first. */
  readonly best: readonly TokenScore[];
  /** Probability of the token asked about. */
  readonly own: number;
}

export interface Look {
  readonly attention: AttentionMaps;
  /**
   * The logit lens: the trained head applied to the hidden states after the embeddings and after each layer.
   * Source: nostalgebraist (2020), interpreting GPT: the logit lens.
   */
  readonly layers: readonly (readonly LayerReading[])[]; // [L + 1][T]
}

/**
 * Reads a row of ids without dropout. Nothing stays on the device.
 * @param ids with `<s>` and `</s>`; [T]
 * @param own the token at each position whose probability is wanted; [T]
 * @throws StudioError `internal` if the device failed on the way
 */
export async function lookInside(
  model: Roberta,
  ids: readonly number[],
  own: readonly number[],
  topK: number,
): Promise<Look> {
  const input = paddedRows(model.config, [ids]);
  const outputs = await model.infer(input, null);
  const numbered = (name: string, count: number): Float32Array[] =>
    Array.from({ length: count }, (_, place) => outputs[`${name}.${place}`] ?? new Float32Array());
  const { numHiddenLayers, numAttentionHeads } = model.config;
  const logits = numbered('logits', numHiddenLayers + 1); // [T, V] each
  return {
    attention: joinMaps(numbered('attention', numHiddenLayers), numAttentionHeads, input.columns, ids.length),
    layers: logits.map((values) => readLayer(values, own, topK, model.vocabSize)),
  };
}

/** The maps of a row without its padding. @param maps of each layer, [A, columns, columns] */
function joinMaps(maps: readonly Float32Array[], heads: number, columns: number, tokens: number): AttentionMaps {
  const weights = new Float32Array(maps.length * heads * tokens * tokens);
  for (const [layer, values] of maps.entries()) {
    for (let row = 0; row < heads * tokens; row++) {
      const start = (Math.floor(row / tokens) * columns + (row % tokens)) * columns;
      weights.set(values.subarray(start, start + tokens), (layer * heads * tokens + row) * tokens);
    }
  }
  return { layers: maps.length, heads, tokens, weights };
}

function readLayer(logits: Float32Array, own: readonly number[], topK: number, vocabSize: number): LayerReading[] {
  return own.map((token, position) => {
    const row = rowOf(logits, position, vocabSize);
    return { best: topTokens(row, topK), own: Math.exp(-scoreToken(row, token).loss) };
  });
}
