import { useEngine } from '../../studio/page/useEngine.ts';
import { useStudio } from '../../studio/page/useStudio.ts';

/** Lines to start from. */
export const SUGGESTIONS = 6;

/** Held-out verses with masked words, to start from; others where another text was trained on. */
export function useSuggestions() {
  const version = useStudio((state) => state.train.runs.length);
  return useEngine('test.suggestions', { count: SUGGESTIONS }, { version });
}
