/** Serves the built page as `vite.config.ts` says: on this machine only, cross-origin isolated. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sirv from 'sirv';
import { ISOLATION_HEADERS, SECURITY_HEADER } from './securityPolicy.ts';
import { ROOT } from './tools.ts';

export interface ServedApp {
  /** With a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Ports that are tried one after the other. */
const ATTEMPTS = 100;

/** Serves `dist/` on the first free port from `port` on. @throws Error if none is free */
export async function serveApp(port: number): Promise<ServedApp> {
  const headers = Object.entries({ ...ISOLATION_HEADERS, ...SECURITY_HEADER });
  const answer = sirv(join(ROOT, 'dist'), {
    etag: true,
    setHeaders: (response) => {
      for (const [name, value] of headers) response.setHeader(name, value);
    },
  });
  const server = createServer((request, response) => answer(request, response));
  await listen(server, port, ATTEMPTS);
  const { port: found } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${found}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, port: number, attempts: number): Promise<void> {
  try {
    await new Promise<void>((done, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        done();
      });
    });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' || attempts === 1) throw thrown;
    await listen(server, port + 1, attempts - 1);
  }
}
