import { type RefObject, useEffect } from 'react';

/** Hears the wheel over an element. React listens to it passively, and a passive listener can't keep the page from scrolling. */
export function useWheel<T extends HTMLElement>(
  ref: RefObject<T | null>,
  listener: (event: WheelEvent, element: T) => void,
): void {
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const listen = (event: WheelEvent): void => listener(event, element);
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  });
}
