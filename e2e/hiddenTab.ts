/**
 * A tab that other tabs can hide. Playwright keeps every page that it knows visible, so this one lives in a browser context
 * that it does not know, and is asked over the debugging protocol. Nothing spares hidden tabs of this browser.
 */
import { chromium } from '@playwright/test';
import { findChromium, webgpuFlags } from '../src/cli/chromium.mjs';

export interface HiddenTab {
  /** What an expression is in the tab, promises waited for. */
  evaluate<T>(expression: string): Promise<T>;
  /** Opens another tab in front of it. */
  hide(): Promise<void>;
  show(): Promise<void>;
  close(): Promise<void>;
}

/** What Playwright asks of every browser, so that hidden pages are like others. */
const SPARES_HIDDEN_TABS = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

export async function openHiddenTab(url: string): Promise<HiddenTab> {
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: webgpuFlags(),
    ignoreDefaultArgs: SPARES_HIDDEN_TABS,
  });
  const session = await browser.newBrowserCDPSession();
  const { browserContextId } = await session.send('Target.createBrowserContext');
  const { targetId } = await session.send('Target.createTarget', { url, browserContextId });
  const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false });
  const waiting = new Map<number, (reply: Reply) => void>();
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const reply = JSON.parse(message) as Reply;
    waiting.get(reply.id)?.(reply);
  });
  let sent = 0;
  const ask = async (expression: string): Promise<Reply> => {
    const id = ++sent;
    const params = { expression, awaitPromise: true, returnByValue: true };
    const message = JSON.stringify({ id, method: 'Runtime.evaluate', params });
    const reply = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    await session.send('Target.sendMessageToTarget', { sessionId, message });
    return reply;
  };
  return {
    evaluate: async (expression) => {
      const { result, exceptionDetails } = (await ask(expression)).result;
      if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
      return result.value as never;
    },
    hide: async () => {
      await session.send('Target.createTarget', { url: 'about:blank', browserContextId });
    },
    show: async () => {
      await session.send('Target.activateTarget', { targetId });
    },
    close: () => browser.close(),
  };
}

interface Reply {
  readonly id: number;
  readonly result: { readonly result: { readonly value?: unknown }; readonly exceptionDetails?: unknown };
}
