/**
 * A tab that other tabs can hide. Playwright keeps every page that it knows visible, so this one lives in a browser context
 * that it does not know, and is asked over the debugging protocol. Nothing spares hidden tabs of this browser.
 */
import { type CDPSession, chromium } from '@playwright/test';
import { findChromium, webgpuFlags } from '../tools/chromium.mjs';

export interface HiddenTab {
  /** What a function returns in the tab, promises waited for. Nothing of this side is in its scope. */
  evaluate<T, A = undefined>(work: (given: A) => T | Promise<T>, given?: A): Promise<T>;
  /** Opens another tab in front of it; resolves when the page knows that it is hidden. */
  hide(): Promise<void>;
  /** Resolves when the page knows that it is seen again. */
  show(): Promise<void>;
  close(): Promise<void>;
}

/** What Playwright asks of every browser, so that hidden pages are like others. */
const SPARES_HIDDEN_TABS = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** Opens the page and waits until it has loaded. */
export async function openHiddenTab(url: string): Promise<HiddenTab> {
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: webgpuFlags(),
    ignoreDefaultArgs: SPARES_HIDDEN_TABS,
  });
  try {
    const session = await browser.newBrowserCDPSession();
    const { browserContextId } = await session.send('Target.createBrowserContext');
    const { targetId } = await session.send('Target.createTarget', { url: 'about:blank', browserContextId });
    const target = await attach(session, targetId);
    await load(target, url);
    const evaluate = <T, A>(work: (given: A) => T | Promise<T>, given?: A): Promise<T> =>
      evaluateIn(target, `(${work})(${JSON.stringify(given)})`);
    return {
      evaluate,
      hide: async () => {
        await session.send('Target.createTarget', { url: 'about:blank', browserContextId });
        await evaluate(becomes, 'hidden');
      },
      show: async () => {
        await session.send('Target.activateTarget', { targetId });
        await evaluate(becomes, 'visible');
      },
      close: () => browser.close(),
    };
  } catch (thrown) {
    await browser.close();
    throw thrown;
  }
}

/** Runs in the tab. */
function becomes(state: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.visibilityState === state) resolve();
    };
    document.addEventListener('visibilitychange', look);
    look();
  });
}

/** The debugging protocol of one target. */
interface Target {
  /** @throws Error with the protocol's own words if it refuses, or if the target is gone */
  send(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>;
  /** Resolves at the next event of this name. */
  event(method: string): Promise<void>;
}

interface Message {
  /** Of a reply; events have none. */
  readonly id?: number;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

async function attach(session: CDPSession, targetId: string): Promise<Target> {
  const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false });
  const waiting = new Map<number, { answer(reply: Message): void; fail(reason: Error): void }>();
  const listening = new Map<string, () => void>();
  session.on('Target.receivedMessageFromTarget', (event) => {
    if (event.sessionId !== sessionId) return;
    const message = JSON.parse(event.message) as Message;
    if (message.id === undefined) listening.get(message.method ?? '')?.();
    else waiting.get(message.id)?.answer(message);
  });
  session.on('Target.detachedFromTarget', (event) => {
    if (event.sessionId !== sessionId) return;
    for (const { fail } of waiting.values()) fail(new Error('The tab has crashed or was closed.'));
  });
  let sent = 0;
  return {
    send: async (method, params = {}) => {
      const id = ++sent;
      const reply = new Promise<Message>((answer, fail) => waiting.set(id, { answer, fail }));
      await session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) });
      const { result, error } = await reply.finally(() => waiting.delete(id));
      if (result === undefined) throw new Error(`${method} was refused: ${error?.message}`);
      return result;
    },
    event: (method) => new Promise((resolve) => listening.set(method, resolve)),
  };
}

/** Only then is there the one execution context that everything is evaluated in: the blank page's is gone. */
async function load({ send, event }: Target, url: string): Promise<void> {
  await send('Page.enable');
  const loaded = event('Page.loadEventFired');
  const { errorText } = await send('Page.navigate', { url });
  if (errorText !== undefined) throw new Error(`${url} could not be opened: ${errorText}`);
  await loaded;
}

async function evaluateIn<T>({ send }: Target, expression: string): Promise<T> {
  const { result, exceptionDetails } = (await send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
  })) as { result: { value?: unknown }; exceptionDetails?: { text: string; exception?: { description?: string } } };
  if (exceptionDetails) {
    throw new Error(`In the tab: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
  }
  return result.value as T;
}
