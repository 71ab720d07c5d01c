import { useEngine } from '../../studio/page/useEngine.ts';
import { useStudio } from '../../studio/page/useStudio.ts';

/** Held-out verses with masked words, to start from; others where another text was trained on. */
export function useSuggestions() {
  const version = useStudio((state) => state.train.runs.length);
  return useEngine('test.suggestions', { count: 6 }, { version });
}
