/** What the model reads, derived on the CPU from a batch's ids: everything about them is known there. */
import { type ModelConfig, PAD_ID } from '../../core/config.ts';
import type { Batch } from '../../text/batches/batch.ts';
import { indexRows, type RowIndex } from '../step/rowIndex.ts';

/** B rows of T columns of token ids. */
export type ModelInput = Pick<Batch, 'rows' | 'columns' | 'inputIds' | 'attentionMask'>;

/** Rows are padded to a multiple of this, so that texts of similar length use the same buffers. */
const COLUMN_STEP = 16;

/** Columns for a row of T tokens: a multiple of the step, as long as the model has positions for it. */
export function paddedColumns({ maxPositionEmbeddings }: ModelConfig, tokens: number): number {
  return Math.min(COLUMN_STEP * Math.ceil(tokens / COLUMN_STEP), maxPositionEmbeddings - 2);
}

/**
 * Rows of ids and padding. By place and not by id: a `<pad>` that the text itself holds is attended to.
 * @param longest tokens that a row is to have room for
 */
export function paddedRows(
  config: ModelConfig,
  texts: readonly (readonly number[])[],
  longest = Math.max(...texts.map(({ length }) => length)),
): ModelInput {
  const rows = texts.length;
  const columns = paddedColumns(config, longest);
  const inputIds = new Int32Array(rows * columns).fill(PAD_ID);
  const attentionMask = new Int32Array(rows * columns);
  for (const [row, ids] of texts.entries()) {
    inputIds.set(ids, row * columns);
    attentionMask.fill(1, row * columns, row * columns + ids.length);
  }
  return { inputIds, attentionMask, rows, columns };
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
