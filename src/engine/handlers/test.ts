/** Commands of the Test step: masked sentences in, predictions out. They are served while training, too. */
import { fillMask } from '../../ml/evaluation/fillMask.ts';
import { maskLogits } from '../../ml/evaluation/predictRows.ts';
import type { CommandParams, CommandResult } from '../protocol.ts';
import { requireModel, requireTokens, type SessionState } from '../session.ts';
import { chooseVerses, questionText } from '../verses.ts';

/** Top-k candidates for every mask of a text. */
export async function fillMasks(
  state: SessionState,
  { text, topK }: CommandParams<'test.fillMask'>,
): Promise<CommandResult<'test.fillMask'>> {
  const startedMs = performance.now();
  const live = await requireModel(state);
  const { tokenizer } = live.tokens;
  const { step } = live;
  const masks = await fillMask(live.roberta, tokenizer, text, topK);
  const tokens = tokenizer.encodeWithSpecials(text).length;
  return { masks, tokens, elapsedMs: performance.now() - startedMs, step };
}

/** The raw logits at every mask of a text. */
export async function readLogits(
  state: SessionState,
  { text }: CommandParams<'test.logits'>,
): Promise<CommandResult<'test.logits'>> {
  const live = await requireModel(state);
  return maskLogits(live.roberta, live.tokens.tokenizer, text);
}

/** Held-out verses with masked words. */
export async function suggestSentences(
  state: SessionState,
  { count }: CommandParams<'test.suggestions'>,
): Promise<CommandResult<'test.suggestions'>> {
  const tokens = state.model?.tokens ?? requireTokens(state);
  const seqLength = state.model?.pipeline.seqLength ?? 64;
  return chooseVerses(tokens, seqLength, count).map((question) => questionText(tokens.tokenizer, question));
}
