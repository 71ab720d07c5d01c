/** Waits in tests of the store: for a state, and never for a time. */
import type { Studio, StudioState } from '../src/studio/page/studioState.ts';

/** Resolves as soon as the state is as wanted. */
export function until(studio: Studio, isWanted: (state: StudioState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (isWanted(studio.getState())) {
      resolve();
      return;
    }
    const stop = studio.subscribe((state) => {
      if (!isWanted(state)) return;
      stop();
      resolve();
    });
  });
}
