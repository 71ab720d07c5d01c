import { useEffect, useState } from 'react';

/** Between two stages, so that each is a task of its own and none of them holds the page up. */
const STAGE_MS = 120;

/** Counts from 0 to `last` after the component appeared: what is heavy to draw is drawn one piece after the other. */
export function useStages(last: number): number {
  const [stage, setStage] = useState(0);
  useEffect(() => {
    if (stage >= last) return;
    const timer = setTimeout(() => setStage(stage + 1), STAGE_MS);
    return () => clearTimeout(timer);
  }, [stage, last]);
  return stage;
}
