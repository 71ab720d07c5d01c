/** What every journey starts from: the page from an empty profile, watched. */
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { Studio } from './pages/studio.ts';

interface Fixtures {
  /** Where a journey begins; settings may follow the page: "./#data?training.steps=20". */
  readonly address: string;
  readonly studio: Studio;
}

/** What a context did that none should do; filled in while it lives. */
export interface Watched {
  readonly requests: string[];
  /** Errors thrown on pages. */
  readonly errors: string[];
  /** What the content-security policy stopped, on pages and in workers. */
  readonly violations: string[];
}

/** Watches every page of a context, its workers included. To be called before the first page is opened. */
export async function watch(context: BrowserContext): Promise<Watched> {
  const watched: Watched = { requests: [], errors: [], violations: [] };
  context.on('request', (request) => watched.requests.push(request.url()));
  context.on('weberror', (error) => watched.errors.push(error.error().message));
  const listen = (message: { text(): string }): void => {
    if (/Content.Security.Policy/i.test(message.text())) watched.violations.push(message.text());
  };
  context.on('console', listen);
  const listenToWorkers = (page: Page): unknown => page.on('worker', (worker) => worker.on('console', listen));
  context.pages().map(listenToWorkers);
  context.on('page', listenToWorkers);
  await context.exposeFunction('reportViolation', (words: string) => watched.violations.push(words));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      const { reportViolation } = globalThis as unknown as { reportViolation(words: string): void };
      reportViolation(`${violatedDirective}: ${blockedURI}`);
    });
  });
  return watched;
}

/** Every request has gone to the page's own origin, no error was thrown, and the policy had nothing to stop. */
export function expectHarmless({ requests, errors, violations }: Watched, origin: string): void {
  const foreign = requests.filter(
    (url) => !/^(blob|data):/.test(url) && new URL(url).origin !== new URL(origin).origin,
  );
  expect(foreign, 'requests to other origins').toEqual([]);
  expect(requests.length).toBeGreaterThan(0);
  expect(errors, 'errors on the page').toEqual([]);
  expect(violations, 'violations of the content-security policy').toEqual([]);
}

/** `studio` is the opened page. When the journey is over, it has to have been harmless. */
export const test = base.extend<Fixtures>({
  address: ['./', { option: true }],
  studio: async ({ page, context, baseURL, address }, use) => {
    const watched = await watch(context);
    await use(await Studio.open(page, address));
    expectHarmless(watched, baseURL ?? '');
  },
});

export { expect };
