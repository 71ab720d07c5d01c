import { startTransition, useEffect, useRef, useState } from 'react';

/**
 * The value, but a new one at most every `intervalMs`: at once if it was quiet, else when the interval is over, so that the
 * last value is never lost. What it draws is drawn in slices.
 */
export function useThrottled<T>(value: T, intervalMs: number): T {
  const [shown, setShown] = useState(value);
  const shownAtMs = useRef(0);
  useEffect(() => {
    if (Object.is(value, shown)) return;
    const show = (): void => {
      shownAtMs.current = performance.now();
      startTransition(() => setShown(value));
    };
    const wait = shownAtMs.current + intervalMs - performance.now();
    const timer = setTimeout(show, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [value, shown, intervalMs]);
  return shown;
}
