/** Held-out loss on fixed masks: a few draws while training, enough of them at the end. */
import { meanOfScores, scoreHeldOut } from '../../compute/evaluation/evaluateHeldOut.ts';
import type { HeldOutPoint } from '../../core/metrics.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import type { EncodedDocuments } from '../../text/batches/encodeDocuments.ts';
import {
  type HeldOutSettings,
  heldOutBatches,
  heldOutExtent,
  heldOutMasks,
} from '../../text/batches/heldOutBatches.ts';
import { documentError, isHit, type TokenScore, wholeWords } from '../../text/batches/heldOutFigures.ts';
import { asksWords, evaluateWords } from './heldOutWords.ts';
import type { LiveModel } from './liveModel.ts';

/** Positions in a batch: a pass without gradients has room for more than a step. */
const BATCH_POSITIONS = 2048;
/** Whole words are hidden in one draw for each so many of single tokens: they are a share, which needs fewer. */
const TOKEN_DRAWS_A_WORD_DRAW = 4;

/**
 * Evaluates a model on the held-out share of its text.
 * @param extent `training`: cheap, the start of the held-out text, the same masks each time. `final`: all documents, more draws
 * @returns null where nothing is held out
 */
export async function evaluateOnHeldOut(live: LiveModel, extent: 'training' | 'final'): Promise<HeldOutPoint | null> {
  const { heldOut, tokenizer, tokensPerByte, text } = live.tokens;
  if (!heldOut) return null;
  const { seqLength } = live.config.pipeline;
  const settings: HeldOutSettings = {
    seqLength,
    batchSize: Math.max(1, Math.round(BATCH_POSITIONS / seqLength)),
    splitSeed: text.dataConfig.splitSeed,
    vocabSize: tokenizer.tokenCount,
    ...heldOutExtent(heldOut, extent),
  };
  const { masked, scores } = await score(live, heldOut, settings);
  const words = extent === 'final' || asksWords(live) ? await evaluateWords(live, extent) : null;
  const result = meanOfScores(scores);
  const losses = scores.map(({ loss }) => loss);
  return {
    step: live.step,
    ...result,
    documentError: documentError(heldOut, masked, losses),
    bitsPerByte: (result.loss / Math.LN2) * tokensPerByte,
    wordAccuracy: extent === 'final' ? await wordAccuracy(live, heldOut, settings) : null,
    wordTop1: words?.top1 ?? null,
    wordTop5: words?.top5 ?? null,
    words: words?.words ?? null,
    draws: settings.draws,
  };
}

/** Share of whole words predicted right, all pieces of a word hidden together. */
async function wordAccuracy(
  live: LiveModel,
  heldOut: EncodedDocuments,
  settings: HeldOutSettings,
): Promise<number | null> {
  const draws = Math.ceil(settings.draws / TOKEN_DRAWS_A_WORD_DRAW);
  const { masked, scores } = await score(live, heldOut, { ...settings, draws, unit: 'word' });
  const hits = scores.map((token) => isHit(token, 1));
  const { words, right } = wholeWords(heldOut, masked, hits);
  return words === 0 ? null : right / words;
}

/** Every masked token of every draw: its place in the held-out text, and its score. */
async function score(
  { roberta }: LiveModel,
  heldOut: EncodedDocuments,
  settings: HeldOutSettings,
): Promise<{ masked: readonly number[]; scores: readonly TokenScore[] }> {
  const masked = heldOutMasks(heldOut, settings).flatMap((draw) => [...draw]);
  const { batches } = heldOutBatches(heldOut, settings);
  return { masked, scores: await scoreHeldOut(roberta, batches, yieldToMessages) };
}
