import { startTransition, useEffect, useRef, useState } from 'react';

/**
 * The value, so many frames later: what several charts draw anew at once would be one long task of the main thread, and one
 * chart a frame is a short task each. Where new values come faster than that, those in between are left out.
 * @param frames at least 1
 * @returns null until the first value's turn has come
 */
export function useTurn<T>(value: T, frames: number): T | null {
  const [shown, setShown] = useState<T | null>(null);
  const latest = useRef(value);
  const request = useRef<number | null>(null);
  useEffect(() => {
    latest.current = value;
    if (request.current !== null || Object.is(value, shown)) return;
    const wait = (left: number): void => {
      request.current = requestAnimationFrame(() => {
        if (left > 1) return wait(left - 1);
        request.current = null;
        // Drawn in slices, so that not even one chart is a long task.
        startTransition(() => setShown(latest.current));
      });
    };
    wait(frames);
  }, [value, shown, frames]);
  useEffect(
    () => () => {
      if (request.current !== null) cancelAnimationFrame(request.current);
      request.current = null;
    },
    [],
  );
  return shown;
}

/** The value as it was, while it says the same. */
export function useSame<T>(value: T): T {
  const kept = useRef(value);
  if (JSON.stringify(kept.current) !== JSON.stringify(value)) kept.current = value;
  return kept.current;
}
