/** What the model puts in place of each `<mask>` of a text. */
import type { FillCandidate } from '../../core/answers.ts';
import { MASK_ID, PAD_ID } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import type { Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import { paddedRows } from '../model/inputs.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { rowOf, topTokens } from './topTokens.ts';

/**
 * The most likely tokens for every mask, each mask on its own with all the others still masked.
 * Source: `FillMaskPipeline` in transformers, `pipelines/fill_mask.py`, whose tokens, scores and texts these are. It is
 * stricter in one thing: a text that the model can't read as a whole is refused.
 *
 * @returns for each mask, in text order, its `topK` candidates, best first
 * @throws StudioError `testEmpty`, `testNoMask`; `testTooLong` with `tokens` and `maximum`
 */
export async function fillMask(
  model: Roberta,
  tokenizer: Tokenizer,
  text: string,
  topK: number,
): Promise<FillCandidate[][]> {
  const ids = tokenizer.encodeWithSpecials(text);
  assertAskable(text, ids, model.config.maxPositionEmbeddings - 2);
  const masks = masksIn(ids);
  const logits = await model.logitsForRows(paddedRows(model.config, [ids]), Int32Array.from(masks)); // [M, V]
  return masks.map((mask, row) =>
    topTokens(rowOf(logits, row, model.vocabSize), topK).map(({ token, score }) => {
      const filled = ids.map((id, position) => (position === mask ? token : id)).filter((id) => id !== PAD_ID);
      return {
        token: tokenizer.fileIdOf(token),
        score,
        tokenStr: tokenizer.decode([token]),
        // With several masks the others stay visible, and so do all special tokens.
        sequence: tokenizer.decode(filled, { skipSpecialTokens: masks.length === 1 }),
      };
    }),
  );
}

function masksIn(ids: readonly number[]): number[] {
  return ids.flatMap((id, position) => (id === MASK_ID ? [position] : []));
}

/**
 * @param ids of a text, `<s>` and `</s>` included
 * @throws StudioError `testEmpty`, `testTooLong`, `testNoMask`
 */
export function assertAskable(text: string, ids: readonly number[], maximum: number): void {
  if (text.trim() === '') throw new StudioError('testEmpty', 'the text is empty');
  assertReadable(ids.length, maximum);
  if (!ids.includes(MASK_ID)) throw new StudioError('testNoMask', 'the text holds no <mask>');
}

/**
 * @param tokens of a text, `<s>` and `</s>` included
 * @throws StudioError `testTooLong`
 */
export function assertReadable(tokens: number, maximum: number): void {
  if (tokens > maximum)
    throw new StudioError('testTooLong', `${tokens} tokens of at most ${maximum}`, { tokens, maximum });
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
  const positions = masksIn(ids);
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
