/// <reference lib="webworker" />
/**
 * Keeps the built page on this device, so that it opens without a network, and adds the isolation headers where the host
 * does not send them. `tools/offline.ts` compiles it at the end of a build and fills in the two lists.
 */
import { addPlugins, cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';
import { registerRoute, setDefaultHandler } from 'workbox-routing';
import { CacheFirst, NetworkOnly } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope;

/** All that the page needs, fetched at the first visit; `revision` is null where the name holds a hash. */
declare const FOLIO_FILES: readonly { readonly url: string; readonly revision: string | null }[];
/** What is large and needed by few (the runtime of Verify): kept once it was used. */
declare const FOLIO_LATER: readonly string[];

/** Two copies of Folio may live under one origin. */
const LATER_CACHE = `folio-later ${self.registration.scope}`;
const laterAddresses = new Set(FOLIO_LATER.map((path) => new URL(path, self.registration.scope).href));

/** What lets a page share memory between threads. */
const ISOLATION: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Headers that the host sends stay as they are. */
const isolate = {
  handlerWillRespond: async ({ response }: { response: Response }): Promise<Response> => {
    const missing = Object.entries(ISOLATION).filter(([name]) => !response.headers.has(name));
    if (response.type === 'opaque' || missing.length === 0) return response;
    const headers = new Headers(response.headers);
    for (const [name, value] of missing) headers.set(name, value);
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  },
};

/**
 * Whether this copy serves the page that installed it, too. In Firefox that waits for every worker of the page, and a thread
 * that waits for work in `Atomics.wait` never answers: then nothing is fetched any more. There the next load is the first.
 */
const CLAIMS = !navigator.userAgent.includes('Firefox/');

cleanupOutdatedCaches();
addPlugins([isolate]);
// What stands behind `?` changes nothing: the settings are behind `#`.
precacheAndRoute([...FOLIO_FILES], {
  directoryIndex: 'index.html',
  cleanURLs: false,
  ignoreURLParametersMatching: [/./],
});
registerRoute(
  ({ url }) => laterAddresses.has(url.href),
  new CacheFirst({ cacheName: LATER_CACHE, plugins: [isolate] }),
);
setDefaultHandler(new NetworkOnly({ plugins: [isolate] }));

self.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([forgetFormer(), CLAIMS ? self.clients.claim() : null]));
});

/** Deletes the large files of former versions. */
async function forgetFormer(): Promise<void> {
  const cache = await caches.open(LATER_CACHE);
  const former = (await cache.keys()).filter(({ url }) => !laterAddresses.has(url));
  await Promise.all(former.map((request) => cache.delete(request)));
}

self.addEventListener('message', (event) => {
  if (event.data === 'takeOver') event.waitUntil(takeOver(event.ports[0]));
});

/** A new version starts when the page asks for it, and only if no other tab still runs the former one. */
async function takeOver(port: MessagePort | undefined): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const tabs = windows.filter(({ url }) => url.startsWith(self.registration.scope));
  if (tabs.length > 1) port?.postMessage('otherTabs');
  else await self.skipWaiting();
}
