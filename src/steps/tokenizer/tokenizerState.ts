/** Step 2: the tokenizer. Its vocabulary stays in the worker; views read pages of it. */
import type { TokenizerProgress } from '../../studio/events.ts';
import { askFirst, runStep, type StudioContext } from '../../studio/page/context.ts';
import { formatCount, significant } from '../../studio/page/format.ts';
import { completeStep } from '../../studio/page/steps.ts';
import type { TokenizerSummary } from './tokenizerCommands.ts';

export const EMPTY_TOKENIZER = {
  summary: null as TokenizerSummary | null,
  progress: null as TokenizerProgress | null,
  cancelled: false,
  /** Grows with every training, so that views of the vocabulary know when to read again. */
  version: 0,
};

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly tokenizer: Readonly<typeof EMPTY_TOKENIZER>;
  }
  interface StudioActions extends ReturnType<typeof createTokenizerActions> {}
}

/** Trains the tokenizer with the settings. @returns whether there is a new one: not if it failed or was cancelled */
export async function runTokenizer(context: StudioContext): Promise<boolean> {
  context.patch('tokenizer', { progress: null, cancelled: false });
  const summary = await runStep(context, 'tokenizer', () =>
    context.engine.call('tokenizer.train', { config: context.get().config.tokenizer }),
  );
  const { tokenizer, steps } = context.get();
  if (summary !== null) context.patch('openedModel', { model: null });
  if (summary === null) {
    context.patch('tokenizer', { progress: null, cancelled: steps.tokenizer.error === null });
    return false;
  }
  context.set({
    tokenizer: { summary, progress: null, cancelled: false, version: tokenizer.version + 1 },
    steps: completeStep(steps, 'tokenizer', describeTokenizer(summary)),
  });
  return true;
}

/** @example "1,024 tokens, 2.8 bytes per token" */
export function describeTokenizer({ vocabSize, bytesPerToken }: TokenizerSummary): string {
  return `${formatCount(vocabSize)} tokens, ${significant(bytesPerToken, 2)} bytes per token`;
}

/** Actions of the Tokenizer step. */
export function createTokenizerActions(context: StudioContext) {
  context.engine.subscribe('tokenizer.progress', (progress) => {
    if (context.get().steps.tokenizer.busy) context.patch('tokenizer', { progress });
  });
  return { trainTokenizer: () => askFirst(context, 'tokenizer', () => void runTokenizer(context)) };
}
