/** Without a network: the copy of the page on this device, newer versions of it, and isolation where the host gives none. */
import { messageOf } from '../../core/errors.ts';
import type { StudioContext } from './context.ts';
import type { Studio } from './studioState.ts';

export interface OfflineSlice {
  /** Whether the page opens without a network from now on. */
  readonly ready: boolean;
  /** A newer version: there is none, it waits, it can't start while other tabs run the former one. */
  readonly update: 'none' | 'waiting' | 'otherTabs';
}

export const NOT_OFFLINE: OfflineSlice = { ready: false, update: 'none' };

declare module './studioState.ts' {
  interface StudioState {
    readonly offline: OfflineSlice;
  }
  interface StudioActions extends ReturnType<typeof createOfflineActions> {}
}

/** Undefined on pages that are not served securely, and in some private windows. */
const workers = (): ServiceWorkerContainer | undefined =>
  globalThis.navigator?.serviceWorker as ServiceWorkerContainer | undefined;

/** Where it is noted that this tab has been loaded again for its isolation. */
const ISOLATED_ONCE = 'folio-isolated-once';

/** Keeps the page on this device and listens for newer versions. A browser that can't goes on with the network alone. */
export async function keepOffline({ getState, setState }: Pick<Studio, 'getState' | 'setState'>): Promise<void> {
  const container = workers();
  if (container === undefined || !import.meta.env.PROD) return;
  const patch = (change: Partial<OfflineSlice>): void => setState({ offline: { ...getState().offline, ...change } });
  try {
    // undefined where something, such as a test, forbids service workers.
    const registration = (await container.register('./sw.js')) as ServiceWorkerRegistration | undefined;
    if (registration === undefined) return;
    watchUpdates(registration, () => patch({ update: 'waiting' }));
    await container.ready;
    patch({ ready: true });
    isolateOnce();
  } catch (thrown) {
    console.warn(`Folio is not kept on this device: ${messageOf(thrown)}`);
  }
}

/** Calls back when a newer version than the one that runs is complete on this device. */
function watchUpdates(registration: ServiceWorkerRegistration, found: () => void): void {
  const look = (): void => {
    if (registration.waiting !== null && registration.active !== null) found();
  };
  const follow = (): void => registration.installing?.addEventListener('statechange', look);
  look();
  follow();
  registration.addEventListener('updatefound', follow);
}

/**
 * On a host without our headers the service worker adds them, from the next load on. That load comes at once where nobody
 * has pressed anything yet, once in a tab; else the next visit has them.
 */
function isolateOnce(): void {
  if (window.crossOriginIsolated || navigator.userActivation?.hasBeenActive !== false) return;
  if (window.sessionStorage.getItem(ISOLATED_ONCE) !== null) return;
  window.sessionStorage.setItem(ISOLATED_ONCE, 'yes');
  window.location.reload();
}

/** Actions of the copy on this device. */
export function createOfflineActions({ patch }: StudioContext) {
  return {
    /** Starts the newer version by loading the page again. Never done without being asked. */
    takeNewVersion: async () => {
      const waiting = (await workers()?.getRegistration())?.waiting;
      if (!waiting) return;
      waiting.addEventListener('statechange', () => {
        if (waiting.state === 'activated') window.location.reload();
      });
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => patch('offline', { update: 'otherTabs' });
      waiting.postMessage('takeOver', [port2]);
    },
  };
}
