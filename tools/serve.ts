/** Serves the built page, cross-origin isolated as `vite.config.ts` says. */
import { preview } from 'vite';
import { ROOT } from './tools.ts';

export interface ServedApp {
  /** With a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `dist/` on this machine only, on the first free port from `port` on. */
export async function serveApp(port: number): Promise<ServedApp> {
  const server = await preview({
    root: ROOT,
    logLevel: 'error',
    preview: { port, strictPort: false, host: '127.0.0.1', open: false },
  });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('The server has no address.');
  return { url, close: () => server.close() };
}
