/**
 * Debian's Firefox over Marionette, Firefox's own protocol for WebDriver. Over WebDriver BiDi one start of a worker's worker
 * in ten never ends: see docs/log/NOTES.md. Source: firefox-source-docs.mozilla.org/testing/marionette/Protocol.html.
 */
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../freePort.ts';
import { answerOf, asyncScript, launch, type OtherBrowser } from './otherBrowser.ts';

const PROGRAM = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path)) ?? null;

export const hasFirefox = PROGRAM !== null;

/** [1, id, error or null, result]; the first message is a greeting. */
type Answer = readonly [1, number, { readonly message: string } | null, unknown];

/** Sends commands, one after another, and waits for their answers. Messages are JSON behind their length and a colon. */
async function openMarionette(port: number) {
  const socket = connect(port, '127.0.0.1');
  const waiting = new Map<number, (answer: Answer) => void>();
  let received = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    received = Buffer.concat([received, data]);
    for (;;) {
      const colon = received.indexOf(':');
      const end = colon + 1 + Number(received.subarray(0, colon).toString());
      if (colon < 0 || received.length < end) return;
      const message = JSON.parse(received.subarray(colon + 1, end).toString());
      received = received.subarray(end);
      if (Array.isArray(message)) waiting.get(message[1])?.(message as unknown as Answer);
    }
  });
  await once(socket, 'connect');
  // A Firefox that is gone answers nothing any more. What went wrong with the socket is told before it closes.
  let reason = 'Firefox is gone';
  const gone = new Promise<never>((_, reject) => {
    socket.on('error', ({ message }) => {
      reason += `: ${message}`;
    });
    socket.on('close', () => reject(new Error(reason)));
  });
  gone.catch(() => {});
  let nextId = 1;
  return async <T>(name: string, parameters: object): Promise<T> => {
    const id = nextId++;
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    const text = JSON.stringify([0, id, name, parameters]);
    socket.write(`${Buffer.byteLength(text)}:${text}`);
    const [, , error, result] = await Promise.race([answered, gone]);
    waiting.delete(id);
    if (error !== null) throw new Error(`${name}: ${error.message}`);
    return result as T;
  };
}

/** Starts Firefox with an empty profile. */
export async function openFirefox(): Promise<OtherBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'folio-firefox-'));
  const downloads = join(profile, 'downloads');
  mkdirSync(downloads);
  const preferences = {
    'browser.download.folderList': 2,
    'browser.download.dir': downloads,
    'browser.download.alwaysOpenPanel': false,
    'browser.shell.checkDefaultBrowser': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'app.normandy.enabled': false,
    'dom.disable_beforeunload': true,
    'marionette.port': await freePort(),
  };
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const { end } = await launch(
    PROGRAM ?? '',
    ['--headless', '--no-remote', '--profile', profile, '--marionette'],
    /(Listening) on port/,
    { HOME: profile },
  );
  const send = await openMarionette(preferences['marionette.port']);
  await send('WebDriver:NewSession', {});
  return {
    downloads,
    goTo: (url) => send('WebDriver:Navigate', { url }),
    reload: () => send('WebDriver:Refresh', {}),
    evaluate: async (expression) => {
      const { value } = await send<{ value: string }>('WebDriver:ExecuteAsyncScript', {
        script: asyncScript(expression),
        args: [],
      });
      return answerOf(value, expression);
    },
    close: async () => {
      await end();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
