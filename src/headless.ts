/** The engine without a window: `npm run train -- --browser` opens `headless.html` in a headless browser and drives it from there. */
import { createEngineClient, type EngineClient } from './studio/client.ts';

declare global {
  var folio: { readonly client: EngineClient } | undefined;
}

globalThis.folio = { client: createEngineClient() };
