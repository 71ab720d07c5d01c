/** Step 6: masked sentences and the model's candidates. */
import type { FillMaskResult } from '../engine/protocol.ts';
import { runStep, type StudioContext, toPlainError } from './context.ts';
import { completeStep } from './steps.ts';

export interface TestSlice {
  readonly text: string;
  /** The answer, and the text that it answers; null before the first one. */
  readonly result: FillMaskResult | null;
  readonly answeredText: string;
  /** Held-out verses with masked words, to start from. */
  readonly suggestions: readonly string[];
}

export const EMPTY_TEST: TestSlice = { text: '', result: null, answeredText: '', suggestions: [] };

export interface TestActions {
  setTestText(text: string): void;
  /** Asks the model about the text now in the field. */
  fillMask(topK?: number): Promise<boolean>;
  /** Fetches verses to start from; the first goes into the field if nothing is there. */
  loadSuggestions(count: number): Promise<void>;
}

declare module './state.ts' {
  interface StudioState {
    readonly test: TestSlice;
  }
  interface StudioActions extends TestActions {}
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

/** Fetches verses to start from; without any, the field stays as it is. */
export async function fetchSuggestions(context: StudioContext, count: number): Promise<readonly string[]> {
  try {
    const suggestions = await context.engine.call('test.suggestions', { count });
    context.patch('test', { suggestions });
    return suggestions;
  } catch (thrown) {
    context.patchStep('test', { error: toPlainError(thrown) });
    return [];
  }
}

/** Actions of the Test step. */
export function createTestActions(context: StudioContext): TestActions {
  return {
    setTestText: (text) => {
      context.patch('test', { text });
      context.patchStep('test', { error: null });
    },
    fillMask: (topK) => askModel(context, topK),
    loadSuggestions: async (count) => {
      const [first] = await fetchSuggestions(context, count);
      if (first !== undefined && context.get().test.text === '') context.patch('test', { text: first });
    },
  };
}
