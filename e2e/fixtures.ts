/** What every journey starts from: the page from an empty profile, watched. */
import { test as base, expect } from '@playwright/test';
import { Studio } from './pages/studio.ts';

interface Fixtures {
  readonly studio: Studio;
}

/**
 * `studio` is the opened page. When the journey is over, every request has gone to the page's own origin, and no error was
 * thrown on the page.
 */
export const test = base.extend<Fixtures>({
  studio: async ({ page, baseURL }, use) => {
    const requests: string[] = [];
    const errors: string[] = [];
    page.context().on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => errors.push(error.message));
    await use(await Studio.open(page));
    const foreign = requests.filter(
      (url) => !/^(blob|data):/.test(url) && new URL(url).origin !== new URL(baseURL ?? '').origin,
    );
    expect(foreign, 'requests to other origins').toEqual([]);
    expect(requests.length).toBeGreaterThan(0);
    expect(errors, 'errors on the page').toEqual([]);
  },
});

export { expect };
