/** Step 6: masked sentences and the model's candidates. */
import type { Result } from '../../studio/client.ts';
import { runStep, type StudioContext } from '../../studio/page/context.ts';
import { completeStep } from '../../studio/page/steps.ts';

export interface TestSlice {
  readonly text: string;
  /** The answer, and the text that it answers; null before the first one. */
  readonly result: Result<'test.fillMask'> | null;
  readonly answeredText: string;
}

export const EMPTY_TEST: TestSlice = { text: '', result: null, answeredText: '' };

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly test: TestSlice;
  }
  interface StudioActions extends ReturnType<typeof createTestActions> {}
}

/** Asks the model about the text. @returns whether it answered */
export async function askModel(context: StudioContext, topK = 5): Promise<boolean> {
  const { text } = context.get().test;
  const result = await runStep(context, 'test', () => context.engine.call('test.fillMask', { text, topK }));
  if (result === null) return false;
  context.patch('test', { result, answeredText: text });
  const best = result.masks[0]?.[0]?.tokenStr.trim() ?? '';
  const line = result.masks.length === 1 ? `“${best}” comes first` : `${result.masks.length} masks filled`;
  context.set({ steps: completeStep(context.get().steps, 'test', line) });
  return true;
}

/** Actions of the Test step. */
export function createTestActions(context: StudioContext) {
  return {
    setTestText: (text: string) => {
      context.patch('test', { text });
      context.patchStep('test', { error: null });
    },
    /** Asks the model about the text now in the field. */
    fillMask: (topK?: number) => askModel(context, topK),
  };
}
