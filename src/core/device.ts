/** What Folio can compute on, as plain data. */

export const BACKEND_NAMES = ['webgpu', 'wasm', 'webgl', 'cpu'] as const;
/** A tfjs backend that Folio trains on. */
export type BackendName = (typeof BACKEND_NAMES)[number];
export type BackendChoice = BackendName | 'auto';

export interface BackendReport {
  readonly name: BackendName;
  readonly available: boolean;
  /** Why it can't be had, or what to expect of it; one sentence. */
  readonly note: string;
}

export interface DeviceReport {
  readonly backends: readonly BackendReport[];
  readonly active: BackendName;
  /** Whether the person chose, or Folio did. */
  readonly choice: BackendChoice;
  /** Why `active` was chosen, and what that costs; one or two sentences. */
  readonly reason: string;
  /** The adapter's own words, such as "nvidia ampere" or "google swiftshader (software)"; the backend's name elsewhere. */
  readonly adapter: string;
  readonly isFallbackAdapter: boolean;
}
