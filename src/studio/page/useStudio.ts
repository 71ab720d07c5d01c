/** The one store of the page, for components: `useStudio((state) => state.data.summary)`. */
import { useStore } from 'zustand';
import type { EngineClient } from '../client.ts';
import type { Studio, StudioActions, StudioState } from './studioState.ts';

let mounted: { readonly studio: Studio; readonly engine: EngineClient } | null = null;

/** Gives the page its store and its engine; once, before the first component is drawn. */
export function mountStudio(studio: Studio, engine: EngineClient): void {
  mounted = { studio, engine };
}

function parts() {
  if (mounted === null) throw new Error('mountStudio has to come before the first component');
  return mounted;
}

const current = (): Studio => parts().studio;

/** The engine, for what a component asks or cancels without the store; see `useEngine`. */
export const currentEngine = (): EngineClient => parts().engine;

/** Selects from the store. The component draws again when the selected value is another one (`Object.is`). */
export function useStudio<T>(select: (state: StudioState) => T): T {
  return useStore(current(), select);
}

/** The actions; they never change. */
export function useActions(): StudioActions {
  return useStore(current(), (state) => state.actions);
}

/** The state as it is now, for what answers an event and draws nothing. */
export function readStudio(): StudioState {
  return current().getState();
}
