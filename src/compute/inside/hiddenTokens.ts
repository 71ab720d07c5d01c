/** How surprising tokens are where they stand: each is hidden in turn, and the model asked for it. */
import { BOS_ID, EOS_ID, MASK_ID, PAD_ID } from '../../core/config.ts';
import { rowOf, scoreToken, topTokens } from '../evaluation/topTokens.ts';
import { paddedColumns, paddedRows } from '../model/inputs.ts';
import type { Roberta } from '../model/robertaModel.ts';

/** Positions that one pass reads at most, so that whoever shares the thread waits for a moment only. */
const POSITIONS_A_PASS = 1024;

export interface HiddenTokenScore {
  /** Index in the ids of the text. */
  readonly index: number;
  /** −ln p, nats. */
  readonly nats: number;
  /** Tokens with a strictly higher logit. */
  readonly likelier: number;
  readonly guess: { readonly token: number; readonly score: number };
}

/** Tokens that one pass scores. @param context tokens that a row holds beside `<s>` and `</s>` */
export function tokensAPass(model: Roberta, context: number): number {
  return Math.max(1, Math.floor(POSITIONS_A_PASS / paddedColumns(model.config, context + 2)));
}

/** A stretch of the ids: from the first place to before the second. */
export type Stretch = readonly [start: number, end: number];

/**
 * What a row shows of a stretch: as much text before a token as after it, as far as there is any.
 * @example windowAround(50, [0, 100], 62) // [19, 81]
 * @example windowAround(1, [0, 100], 62) // [0, 62]
 */
export function windowAround(index: number, [start, end]: Stretch, context: number): Stretch {
  const width = Math.min(context, end - start);
  const first = Math.max(start, Math.min(index - Math.floor(context / 2), end - width));
  return [first, first + width];
}

/**
 * Scores tokens in one pass, each in a row of its own where it alone is hidden.
 * Source: Salazar et al. (2020), Masked Language Model Scoring, section 2.2.
 * @param ids of the whole text, without `<s>` and `</s>`
 * @param asked which tokens, and what each row shows around its own; at most {@link tokensAPass}
 * @param context tokens of the text in a row at most
 */
export async function scoreHidden(
  model: Roberta,
  ids: readonly number[],
  asked: readonly { readonly index: number; readonly window: Stretch }[],
  context: number,
): Promise<HiddenTokenScore[]> {
  // Always as many rows, so that every pass has the same shapes.
  const shown = Array.from({ length: tokensAPass(model, context) }, (_, row) => {
    const { index, window } = asked[row] ?? asked[0] ?? { index: 0, window: [0, 1] };
    const [place, line] = [1 + index - window[0], [BOS_ID, ...ids.slice(...window), EOS_ID]];
    return { place, line: line.with(place, MASK_ID) };
  });
  const rows = shown.map(({ line }) => line);
  const input = paddedRows(model.config, rows, context + 2);
  const positions = Int32Array.from(shown, ({ place }, row) => row * input.columns + place);
  const logits = await model.logitsForRows(input, positions); // [rows, V]
  return asked.map(({ index }, row) => {
    const own = rowOf(logits, row, model.vocabSize);
    const token = ids[index] ?? PAD_ID;
    const { loss: nats, rank: likelier } = scoreToken(own, token);
    const [guess = { token, score: Number.NaN }] = topTokens(own, 1);
    return { index, nats, likelier, guess };
  });
}
