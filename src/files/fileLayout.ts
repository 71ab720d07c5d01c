/**
 * A model from elsewhere may give its tokens other ids than Folio does. The engine always computes with Folio's ids, special
 * tokens first; this is the way between them and the ids of the model's files, which an export writes again.
 *
 *     file:  a <pad> b <mask> …      ours: <s> <pad> </s> <mask> <unk> a b …
 *
 * Positions move along: RoBERTa counts them from `pad_token_id + 1`, the engine from 2.
 */
import { type ModelConfig, PAD_ID } from '../core/config.ts';
import { parameterSpecs } from '../model/parameters.ts';
import { WORD_TABLE } from '../model/roberta.ts';
import type { Parameter } from '../model/value.ts';

/** A tokenizer that came with a model. */
export interface TokenizerOrigin {
  /** Of the model's folder or zip. */
  readonly name: string;
  /** Id in the files of each row of the engine's. */
  readonly fileIds: Int32Array; // [V]
  /** Id of `<pad>` in the files. */
  readonly padId: number;
  /** Files of the tokenizer as they came, by name. */
  readonly files: ReadonlyMap<string, string>;
}

export interface FileLayout {
  readonly origin: TokenizerOrigin;
  /** Rows of the position table before the one that lies before the pad row; nothing reads them. */
  readonly unusedPositions: Float32Array; // [max(0, padId − 1), H]
  /** Rows of the table of token types after the first; nothing reads them. */
  readonly unusedTypes: Float32Array; // [token types − 1, H]
}

/** Sizes of the tables as the files have them. */
export interface FileSizes {
  readonly vocabSize: number;
  readonly padId: number;
  readonly tokenTypes: number;
}

const PLACES = 'roberta.embeddings.position_embeddings.weight';
const TYPES = 'roberta.embeddings.token_type_embeddings.weight';
export const WORD_BIAS = 'lm_head.bias';

/** The layout of fresh weights behind a tokenizer that came with another model. */
export function freshLayout(origin: TokenizerOrigin, hiddenSize: number): FileLayout {
  const unusedPositions = new Float32Array(Math.max(0, origin.padId - PAD_ID) * hiddenSize);
  return { origin, unusedPositions, unusedTypes: new Float32Array(0) };
}

/** The model's sizes as the files have them: their position table may be longer than the engine's. */
export function fileModel(model: ModelConfig, padId: number): ModelConfig {
  return { ...model, maxPositionEmbeddings: model.maxPositionEmbeddings + padId - PAD_ID };
}

/** Names and shapes of the parameters as the files have them. */
export function fileSpecs(model: ModelConfig, { vocabSize, padId, tokenTypes }: FileSizes): Parameter[] {
  return parameterSpecs(fileModel(model, padId), vocabSize).map((spec) =>
    spec.name === TYPES ? { ...spec, shape: [tokenTypes, model.hiddenSize] } : spec,
  );
}

/** The sizes of a layout's tables; without one, of Folio's own with that many tokens. */
export function sizesOf(layout: FileLayout | null, hiddenSize: number, vocabSize: number): FileSizes {
  if (layout === null) return { vocabSize, padId: PAD_ID, tokenTypes: 1 };
  const { origin, unusedTypes } = layout;
  return { vocabSize: origin.fileIds.length, padId: origin.padId, tokenTypes: 1 + unusedTypes.length / hiddenSize };
}

/** What of the files' parameters the engine does not read. @param tensors as the files have them */
export function unusedRows(
  tensors: ReadonlyMap<string, Float32Array>,
  padId: number,
  hiddenSize: number,
): Pick<FileLayout, 'unusedPositions' | 'unusedTypes'> {
  const of = (name: string): Float32Array => tensors.get(name) ?? new Float32Array();
  return {
    unusedPositions: of(PLACES).slice(0, Math.max(0, padId - PAD_ID) * hiddenSize),
    unusedTypes: of(TYPES).slice(hiddenSize),
  };
}

/** A parameter of the files in the engine's order. */
export function toEngine(
  { fileIds, padId }: TokenizerOrigin,
  name: string,
  values: Float32Array,
  hiddenSize: number,
): Float32Array {
  if (name === WORD_TABLE) return moveRows(values, fileIds, hiddenSize, false);
  if (name === WORD_BIAS) return moveRows(values, fileIds, 1, false);
  if (name === TYPES) return values.slice(0, hiddenSize);
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
  const { origin, unusedPositions, unusedTypes } = layout;
  const { fileIds, padId } = origin;
  if (name === WORD_TABLE) return moveRows(values, fileIds, hiddenSize, true);
  if (name === WORD_BIAS) return moveRows(values, fileIds, 1, true);
  if (name === TYPES) return joined(values, unusedTypes);
  if (name !== PLACES || padId === PAD_ID) return values;
  if (padId < PAD_ID) return values.slice((PAD_ID - padId) * hiddenSize);
  return joined(unusedPositions, values);
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  if (first.length === 0) return second;
  const whole = new Float32Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** Rows of a table in the files' order, or in the engine's. @param order place in the files of each of the engine's rows */
function moveRows(values: Float32Array, order: Int32Array, width: number, toFile: boolean): Float32Array {
  const moved = new Float32Array(values.length);
  order.forEach((inFile, ours) => {
    const [from, to] = toFile ? [ours, inFile] : [inFile, ours];
    moved.set(values.subarray(from * width, (from + 1) * width), to * width);
  });
  return moved;
}
