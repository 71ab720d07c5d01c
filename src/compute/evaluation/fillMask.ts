/** What the model puts in place of each `<mask>` of a text. */
import type { FillCandidate } from '../../core/answers.ts';
import { MASK_ID, PAD_ID } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import type { Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import { paddedRows } from '../model/inputs.ts';
import type { Roberta } from '../model/robertaModel.ts';
import { predictRows } from './predictRows.ts';

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
  const ids = encodeMasked(tokenizer, text, model.config.maxPositionEmbeddings - 2);
  const masks = ids.flatMap((id, position) => (id === MASK_ID ? [position] : []));
  if (masks.length === 0) throw new StudioError('testNoMask', 'the text holds no <mask>');
  const predictions = await predictRows(model, paddedRows(model.config, [ids]), masks, topK);
  const onlyMask = masks.length === 1;
  return predictions.map((candidates, index) =>
    candidates.map(({ token, score }) => {
      const filled = ids.map((id, position) => (position === masks[index] ? token : id)).filter((id) => id !== PAD_ID);
      return {
        token: tokenizer.fileIdOf(token),
        score,
        tokenStr: tokenizer.decode([token]),
        // With several masks the others stay visible, and so do all special tokens.
        sequence: tokenizer.decode(filled, { skipSpecialTokens: onlyMask }),
      };
    }),
  );
}

/** @throws StudioError `testEmpty`, `testTooLong` */
function encodeMasked(tokenizer: Tokenizer, text: string, maximum: number): number[] {
  if (text.trim() === '') throw new StudioError('testEmpty', 'the text is empty');
  const ids = tokenizer.encodeWithSpecials(text);
  assertReadable(ids.length, maximum);
  return ids;
}

/**
 * @param tokens of a text, `<s>` and `</s>` included
 * @throws StudioError `testTooLong`
 */
export function assertReadable(tokens: number, maximum: number): void {
  if (tokens > maximum)
    throw new StudioError('testTooLong', `${tokens} tokens of at most ${maximum}`, { tokens, maximum });
}
