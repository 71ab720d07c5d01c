import { useEffect } from 'react';
import { selectUnsaved } from '../studio/page/selectors.ts';
import { useStudio } from '../studio/page/useStudio.ts';

/** Lets the browser ask before the page is closed or reloaded, while that would lose a run or its weights. */
export function useLeaveWarning(): void {
  const unsaved = useStudio(selectUnsaved);
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsaved]);
}
