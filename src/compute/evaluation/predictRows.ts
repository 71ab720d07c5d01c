/** What the model expects at some positions. */
import { MASK_ID } from '../../core/config.ts';
import type { Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import type { ModelInput } from '../model/inputs.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { rowOf, type TokenScore, topTokens } from './topTokens.ts';

/**
 * The likeliest tokens at each position, in one forward pass.
 * @param positions M places, as b·T + t
 * @returns for each position its best tokens with their probabilities, ties by smaller id
 */
export async function predictRows(
  model: Roberta,
  input: ModelInput,
  positions: readonly number[],
  topK: number,
): Promise<TokenScore[][]> {
  if (positions.length === 0) return [];
  const logits = await model.logitsForRows(input, Int32Array.from(positions)); // [M, V]
  return positions.map((_, row) => topTokens(rowOf(logits, row, model.vocabSize), topK));
}

/**
 * The raw logits at every `<mask>` of a text, for checks against other libraries.
 * @returns ids with `<s>` and `</s>`, the masks' positions in them, and one row of V logits for each, ids as in the files
 */
export async function maskLogits(
  model: Roberta,
  tokenizer: Tokenizer,
  text: string,
): Promise<{ ids: number[]; positions: number[]; logits: number[][] }> {
  const ids = tokenizer.encodeWithSpecials(text);
  const positions = ids.flatMap((id, index) => (id === MASK_ID ? [index] : []));
  const fileIds = ids.map((id) => tokenizer.fileIdOf(id));
  if (positions.length === 0) return { ids: fileIds, positions, logits: [] };
  const attentionMask = new Int32Array(ids.length).fill(1);
  const input = { inputIds: Int32Array.from(ids), attentionMask, rows: 1, columns: ids.length };
  const logits = await model.logitsForRows(input, Int32Array.from(positions));
  const rows = positions.map((_, row) => inFileOrder(tokenizer, rowOf(logits, row, model.vocabSize)));
  return { ids: fileIds, positions, logits: rows };
}

function inFileOrder(tokenizer: Tokenizer, row: Float32Array): number[] {
  const ordered = new Array<number>(row.length).fill(0);
  for (const [id, logit] of row.entries()) ordered[tokenizer.fileIdOf(id)] = logit;
  return ordered;
}
