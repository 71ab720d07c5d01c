import { useStudio } from '../../store/useStudio.ts';
import { useEngine } from '../useEngine.ts';

/** Held-out verses with masked words, to start from; others where another text was trained on. */
export function useSuggestions() {
  const version = useStudio((state) => state.train.runs.length);
  return useEngine('test.suggestions', { count: 6 }, { version });
}
