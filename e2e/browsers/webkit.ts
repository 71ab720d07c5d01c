/** WebKitGTK's MiniBrowser over WebDriver, on a screen of its own. Source: w3.org/TR/webdriver2. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../freePort.ts';
import { answerOf, asyncScript, launch, type OtherBrowser } from './otherBrowser.ts';

const DRIVER = '/usr/bin/WebKitWebDriver';
const SCREEN = '/usr/bin/xvfb-run';
const BROWSER = miniBrowser();

export const hasWebkit = BROWSER !== null && existsSync(DRIVER) && existsSync(SCREEN);

function miniBrowser(): string | null {
  const libraries = '/usr/lib/x86_64-linux-gnu';
  if (!existsSync(libraries)) return null;
  const paths = readdirSync(libraries)
    .filter((name) => name.startsWith('webkit2gtk-') || name.startsWith('webkitgtk-'))
    .map((name) => join(libraries, name, 'MiniBrowser'));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Sends a command to the driver. @throws Error with the driver's words */
async function send<T>(url: string, body?: object): Promise<T> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body ?? {}) });
  const { value } = (await response.json()) as { value: T & { readonly message?: string } };
  if (!response.ok) throw new Error(`${url}: ${value.message}`);
  return value;
}

/** The driver says nothing when it is ready; its screen does not either. */
async function isReady(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/status`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((later) => setTimeout(later, 100));
  }
}

/** Starts MiniBrowser with an empty home. */
export async function openWebkit(): Promise<OtherBrowser> {
  const home = mkdtempSync(join(tmpdir(), 'folio-webkit-'));
  const downloads = join(home, 'Downloads');
  mkdirSync(downloads);
  mkdirSync(join(home, '.config'));
  writeFileSync(join(home, '.config/user-dirs.dirs'), 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
  const port = await freePort();
  const { end } = await launch(
    SCREEN,
    ['-a', 'sh', '-c', `echo started; exec ${DRIVER} --host=127.0.0.1 --port=${port}`],
    /^(started)$/,
    { HOME: home, XDG_CONFIG_HOME: join(home, '.config') },
  );
  const driver = `http://127.0.0.1:${port}`;
  await isReady(driver);
  const options = { binary: BROWSER, args: ['--automation'] };
  const { sessionId } = await send<{ sessionId: string }>(`${driver}/session`, {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
  });
  const session = `${driver}/session/${sessionId}`;
  return {
    downloads,
    goTo: (url) => send(`${session}/url`, { url }),
    reload: () => send(`${session}/refresh`),
    evaluate: async (expression) => {
      const script = asyncScript(expression);
      return answerOf(await send<string>(`${session}/execute/async`, { script, args: [] }), expression);
    },
    close: async () => {
      await fetch(session, { method: 'DELETE' }).catch(() => undefined);
      await end();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
