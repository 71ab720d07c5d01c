/** Moving through a list or a grid of places by the arrow keys. */

/** The place after a key in a list, or null for a key that moves nothing. */
export function movedPlace(place: number, key: string, count: number): number | null {
  switch (key) {
    case 'ArrowUp':
    case 'ArrowLeft':
      return Math.max(0, place - 1);
    case 'ArrowDown':
    case 'ArrowRight':
      return Math.min(count - 1, place + 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** Focuses the element of a place within a container: the one with `data-place`. */
export function focusPlace(container: HTMLElement, place: number | string): void {
  container.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus();
}
