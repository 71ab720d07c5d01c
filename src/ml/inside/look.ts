/** One pass of a text through the model, with everything that a person may look at on the way. */
import { PAD_ID } from '../../core/config.ts';
import type { AttentionMaps } from '../../core/inside/attention.ts';
import { throwOnDeviceFailure } from '../deviceFailure.ts';
import { type TokenScore, topTokens } from '../evaluation/topTokens.ts';
import type { Capture, Roberta } from '../model/roberta.ts';

/** Rows are padded to a multiple of this, so that texts of similar length use the same buffers. */
const COLUMN_STEP = 16;

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

/** Columns for a row of T tokens: a multiple of the step, as long as the model has positions for it. */
export function paddedColumns(model: Roberta, tokens: number): number {
  return Math.min(COLUMN_STEP * Math.ceil(tokens / COLUMN_STEP), model.config.maxPositionEmbeddings - 2);
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
  const columns = paddedColumns(model, ids.length);
  const inputIds = new Int32Array(columns).fill(PAD_ID);
  inputIds.set(ids);
  const attentionMask = new Int32Array(columns).fill(1, 0, ids.length);
  const capture = model.inspect({ inputIds, attentionMask, rows: 1, columns });
  try {
    const attention = await readAttention(capture, ids.length);
    const layers: LayerReading[][] = [];
    for (const tensor of capture.logits)
      layers.push(readLayer(await tensor.data<'float32'>(), own, topK, model.vocabSize));
    throwOnDeviceFailure();
    return { attention, layers };
  } finally {
    for (const tensor of [...capture.logits, ...capture.attention]) tensor.dispose();
  }
}

/** The maps of a row, without its padding. */
async function readAttention({ attention }: Capture, tokens: number): Promise<AttentionMaps> {
  const heads = attention[0]?.shape[1] ?? 0;
  const weights = new Float32Array(attention.length * heads * tokens * tokens);
  const layers = await Promise.all(attention.map((tensor) => tensor.data<'float32'>()));
  for (const [layer, values] of layers.entries()) {
    const columns = attention[layer]?.shape[3] ?? tokens;
    for (let row = 0; row < heads * tokens; row++) {
      const start = (Math.floor(row / tokens) * columns + (row % tokens)) * columns;
      weights.set(values.subarray(start, start + tokens), (layer * heads * tokens + row) * tokens);
    }
  }
  return { layers: attention.length, heads, tokens, weights };
}

function readLayer(logits: Float32Array, own: readonly number[], topK: number, vocabSize: number): LayerReading[] {
  return own.map((token, position) => {
    const row = logits.subarray(position * vocabSize, (position + 1) * vocabSize);
    return { best: topTokens(row, topK), own: Math.exp(-lossOf(row, token)) };
  });
}

/** −ln of a token's softmax probability, in float64. */
export function lossOf(logits: Float32Array, token: number): number {
  const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  return Math.log(sum) + highest - (logits[token] ?? Number.NaN);
}
