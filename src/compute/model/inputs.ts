/** What the model reads, derived on the CPU from a batch's ids: everything about them is known there. */
import { PAD_ID } from '../../core/config.ts';
import { indexRows, type RowIndex } from '../step/rowIndex.ts';

/** B rows of T columns of token ids. */
export interface ModelInput {
  /** B. */
  readonly rows: number;
  /** T. */
  readonly columns: number;
  readonly inputIds: Int32Array; // [B, T]
  /** 1 where a position may be attended to. */
  readonly attentionMask: Int32Array; // [B, T]
}

/** The look-ups of one batch. */
export interface InputIndex {
  /** Rows of the word table; the pad row receives no gradient through the look-up. */
  readonly words: RowIndex; // [B·T] into [V]
  /** Rows of the position table; its pad row receives no gradient either. */
  readonly places: RowIndex; // [B·T] into [P]
  /** What is added to the attention scores of each key, or null where every position may be attended to. */
  readonly maskBias: Float32Array | null; // [B, T]
}

/** The lowest float32, which transformers adds to the scores of masked keys. */
const MASKED_SCORE = -3.4028234663852886e38;

/**
 * Position ids of RoBERTa: tokens count from `pad + 1` within their row, padding has the pad row.
 * Source: `create_position_ids_from_input_ids` in transformers.
 * @example positionIds(Int32Array.of(0, 9, 2, 1), 4) // 2 3 4 1
 */
export function positionIds(inputIds: Int32Array, columns: number): Int32Array {
  const positions = new Int32Array(inputIds.length);
  let count = 0;
  for (let i = 0; i < inputIds.length; i++) {
    if (i % columns === 0) count = 0;
    if (inputIds[i] !== PAD_ID) count++;
    positions[i] = inputIds[i] === PAD_ID ? PAD_ID : PAD_ID + count;
  }
  return positions;
}

/** Derives the look-ups of a batch. */
export function indexInput(input: ModelInput, vocabSize: number, maxPositionEmbeddings: number): InputIndex {
  const places = positionIds(input.inputIds, input.columns);
  return {
    words: indexRows(input.inputIds, vocabSize, PAD_ID),
    places: indexRows(places, maxPositionEmbeddings, PAD_ID),
    maskBias: maskBiasOf(input.attentionMask),
  };
}

function maskBiasOf(attentionMask: Int32Array): Float32Array | null {
  if (!attentionMask.includes(0)) return null;
  return Float32Array.from(attentionMask, (attended) => (attended === 0 ? MASKED_SCORE : 0));
}
