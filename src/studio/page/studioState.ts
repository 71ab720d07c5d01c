/**
 * The whole state of the page. Each slice adds itself and its actions where it is written (`declare module './studioState.ts'`), so
 * that slices import this file and not the other way round; studio.ts puts them together and lacks none of them.
 */
import type { StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '../../core/config.ts';
import type { StepName, Steps } from './steps.ts';

export type Studio = StoreApi<StudioState>;

// biome-ignore lint/suspicious/noEmptyInterface: slices add to it
export interface StudioActions {}

export interface StudioState {
  readonly currentStep: StepName;
  /** The settings as the fields show them: numbers may be out of range, or NaN where a field is empty. */
  readonly config: RunConfig;
  readonly steps: Steps;
  /** Things that a person should know until they close them, such as settings of a link that were not possible. */
  readonly notices: readonly string[];
  /** Never changes: select it once. */
  readonly actions: StudioActions;
}
