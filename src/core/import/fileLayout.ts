/**
 * A model from elsewhere may give its tokens other ids than Folio does. The engine always computes with Folio's ids, special
 * tokens first; this is the way between them and the ids of the model's files, which an export writes again.
 *
 *     file:  a <pad> b <mask> …      ours: <s> <pad> </s> <mask> <unk> a b …
 *
 * Positions move along: RoBERTa counts them from `pad_token_id + 1`, the engine from 2.
 */
import { PAD_ID } from '../config.ts';

export interface FileLayout {
  /** Id in the files of each of Folio's ids. */
  readonly fileIds: Int32Array; // [V]
  /** Id of `<pad>` in the files. */
  readonly padId: number;
  /** Rows of the position table before the one that lies before the pad row; nothing reads them. */
  readonly unusedPositions: Float32Array; // [max(0, padId − 1), H]
  readonly maskTakesSpace: boolean;
  /** Files of the tokenizer as they came, by name. */
  readonly tokenizerFiles: ReadonlyMap<string, string>;
}

const WORDS = 'roberta.embeddings.word_embeddings.weight';
const PLACES = 'roberta.embeddings.position_embeddings.weight';
const BIAS = 'lm_head.bias';

/** Length of the position table in the files, from the engine's. */
export function filePositions(positions: number, padId: number): number {
  return positions + padId - PAD_ID;
}

/** A parameter of the files in the engine's order. @param rows of the parameter in the files */
export function toEngine(
  layout: Omit<FileLayout, 'unusedPositions'>,
  name: string,
  values: Float32Array,
  hiddenSize: number,
): Float32Array {
  const { fileIds, padId } = layout;
  if (name === WORDS) return pickRows(values, fileIds, hiddenSize);
  if (name === BIAS) return pickRows(values, fileIds, 1);
  if (name !== PLACES || padId === PAD_ID) return values;
  const shift = (padId - PAD_ID) * hiddenSize;
  if (shift > 0) return values.slice(shift);
  // With <pad> = 0 there is no row before it.
  const moved = new Float32Array(values.length - shift);
  moved.set(values, -shift);
  return moved;
}

/** A parameter of the engine in the files' order. */
export function toFile(layout: FileLayout, name: string, values: Float32Array, hiddenSize: number): Float32Array {
  const { fileIds, padId, unusedPositions } = layout;
  if (name === WORDS) return placeRows(values, fileIds, hiddenSize);
  if (name === BIAS) return placeRows(values, fileIds, 1);
  if (name !== PLACES || padId === PAD_ID) return values;
  if (padId < PAD_ID) return values.slice((PAD_ID - padId) * hiddenSize);
  const whole = new Float32Array(values.length + unusedPositions.length);
  whole.set(unusedPositions);
  whole.set(values, unusedPositions.length);
  return whole;
}

function pickRows(values: Float32Array, order: Int32Array, width: number): Float32Array {
  const picked = new Float32Array(values.length);
  order.forEach((from, row) => {
    picked.set(values.subarray(from * width, (from + 1) * width), row * width);
  });
  return picked;
}

function placeRows(values: Float32Array, order: Int32Array, width: number): Float32Array {
  const placed = new Float32Array(values.length);
  order.forEach((to, row) => {
    placed.set(values.subarray(row * width, (row + 1) * width), to * width);
  });
  return placed;
}
