/** Held-out loss on fixed masks: a few draws while training, all of them at the end. */
import { heldOutBatches } from '../core/pipeline/heldOut.ts';
import type { HeldOutPoint } from '../core/results.ts';
import { evaluateHeldOut } from '../ml/evaluation/heldOut.ts';
import type { LiveModel } from './session.ts';
import { yieldToMessages } from './yieldToMessages.ts';

/** Draws of masks while training, and tokens of the text at most, so that a pass costs about as much as a few steps. */
const TRAINING_DRAWS = 2;
const TRAINING_TOKENS = 8192;
/** At the end: as many draws as this many masked tokens need, since the standard error falls with their number. */
const FINAL_MASKED_TOKENS = 16_000;
const FINAL_DRAWS_MAX = 8;
/** Positions in a batch: a pass without gradients has room for more than a step. */
const BATCH_POSITIONS = 2048;

/**
 * Evaluates a model on the held-out share of its text.
 * @param extent `training`: cheap, the start of the held-out text, the same masks each time. `final`: all documents, more draws
 * @returns null where nothing is held out
 */
export async function evaluateOnHeldOut(live: LiveModel, extent: 'training' | 'final'): Promise<HeldOutPoint | null> {
  const { heldOut, tokenizer, tokensPerByte, text } = live.tokens;
  if (!heldOut) return null;
  const draws = extent === 'training' ? TRAINING_DRAWS : finalDraws(heldOut.ids.length);
  const { batches } = heldOutBatches(heldOut, {
    seqLength: live.pipeline.seqLength,
    batchSize: Math.max(1, Math.round(BATCH_POSITIONS / live.pipeline.seqLength)),
    splitSeed: text.dataConfig.splitSeed,
    vocabSize: tokenizer.vocabSize,
    draws,
    ...(extent === 'training' ? { maximumTokens: TRAINING_TOKENS } : {}),
  });
  const result = await evaluateHeldOut(live.roberta, batches, yieldToMessages);
  return { step: live.step, ...result, bitsPerByte: (result.loss / Math.LN2) * tokensPerByte, draws };
}

function finalDraws(heldOutTokens: number): number {
  return Math.max(1, Math.min(FINAL_DRAWS_MAX, Math.ceil(FINAL_MASKED_TOKENS / (0.15 * heldOutTokens))));
}
