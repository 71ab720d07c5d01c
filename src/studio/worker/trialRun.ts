/** A few real steps with a model that is thrown away: to time them, or to try learning rates. */
import { Roberta } from '../../compute/model/robertaModel.ts';
import { createTrainer, type StepPoint } from '../../compute/training/trainer.ts';
import type { RunSettings } from '../../core/config.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import { drawWeights } from '../../model/initialize.ts';
import { batchesAhead, batchSourceOf } from './batchesAhead.ts';
import { type TokenizedText, tokenCounts } from './liveModel.ts';

export interface TrialStep {
  /** What the step reported. */
  readonly points: readonly StepPoint[];
  /** Positions that it read, padding left out. */
  readonly tokens: number;
}

/** Takes a step, 0 for the first, and waits for the device. */
export type TakeStep = (step: number) => Promise<TrialStep>;

/** Lends a fresh model and trainer, and frees both. */
export async function withTrial<T>(
  tokens: TokenizedText,
  sizes: RunSettings,
  work: (take: TakeStep) => Promise<T>,
): Promise<T> {
  const { model, training } = sizes;
  const { vocabSize } = tokens.tokenizer;
  const { seed, gradientAccumulation } = training;
  const source = batchSourceOf(tokens, sizes);
  const roberta = new Roberta(model, vocabSize, drawWeights(model, vocabSize, seed, tokenCounts(tokens)));
  const trainer = createTrainer(roberta, training, { seed });
  const batches = batchesAhead(source, gradientAccumulation, trainer.executor.worksMeanwhile);
  try {
    return await work(async (step) => {
      const made = batches.take(step);
      trainer.step(step, made);
      return { points: await trainer.readPoints(), tokens: made.reduce((sum, batch) => sum + batch.tokens, 0) };
    });
  } finally {
    trainer.dispose();
    roberta.dispose();
  }
}

export interface Timing {
  /** Steps that are counted at most; the first one compiles and is not. */
  readonly steps: number;
  readonly budgetMs: number;
  /** Whether a step that is not done within the budget is given up; else two are taken, however long they last. */
  readonly impatient: boolean;
}

/** The fastest of a few steps. @returns null if there was no time for two */
export async function timeSteps(
  take: TakeStep,
  { steps, budgetMs, impatient }: Timing,
): Promise<{ readonly msPerStep: number; readonly tokens: number; readonly steps: number } | null> {
  const endMs = performance.now() + budgetMs;
  const times: number[] = [];
  let tokens = 0;
  while (times.length <= steps && (performance.now() < endMs || (!impatient && times.length < 2))) {
    const startedMs = performance.now();
    const taken = await within(take(times.length), impatient ? endMs - startedMs : Number.POSITIVE_INFINITY);
    if (taken === null) break;
    times.push(performance.now() - startedMs);
    tokens = taken.tokens;
    await yieldToMessages();
  }
  const counted = times.slice(1);
  return counted.length === 0 ? null : { msPerStep: Math.min(...counted), tokens, steps: counted.length };
}

/** @returns null where it did not come in time. What comes later is of a model that is gone: its failure is nobody's. */
async function within<T>(coming: Promise<T>, ms: number): Promise<T | null> {
  if (ms === Number.POSITIVE_INFINITY) return coming;
  coming.catch(() => undefined);
  return Promise.race([coming, new Promise<null>((resolve) => setTimeout(resolve, ms, null))]);
}
