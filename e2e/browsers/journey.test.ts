/**
 * A short journey in browsers that Playwright does not drive: Debian's Firefox, and WebKit on Linux. All that is known of the
 * page is what is on it.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServedApp, serveApp } from '../../tools/serve.ts';
import { type Bundle, checkBundle, unpackBundle } from '../bundle.ts';
import { MICRO_LINK } from '../microLink.ts';
import { hasFirefox, openFirefox } from './firefox.ts';
import type { OtherBrowser } from './otherBrowser.ts';
import { hasWebkit, openWebkit } from './webkit.ts';

const PORT = 4573;
const LOOK_EVERY_MS = 200;

/** Nothing is said about speed by it: it ends what hangs. */
const HANGS_AFTER_MS = 120_000;

/** Asks again until the answer is no longer null. @throws Error with what was waited for */
async function until<T>(what: string, ask: () => Promise<T | null> | T | null): Promise<T> {
  const endMs = performance.now() + HANGS_AFTER_MS;
  while (performance.now() < endMs) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((later) => setTimeout(later, LOOK_EVERY_MS));
  }
  throw new Error(`never seen: ${what}`);
}

/** What a person can do on the page. */
function hands(browser: OtherBrowser) {
  /** Waits for text on the page. @returns the match. @throws Error with the page's own, if it says one */
  const sees = (pattern: RegExp): Promise<string> =>
    until(`${pattern}`, async () => {
      const text = await browser.evaluate<string>('document.body.innerText');
      const failure = /Something went wrong[^\n]*/.exec(text);
      if (failure !== null) throw new Error(failure[0]);
      return pattern.exec(text)?.[0] ?? null;
    });
  /** Presses a button or link by its name, once it is there and can be pressed. */
  const press = async (name: string, within = 'body'): Promise<void> => {
    await until(`the button ${name}`, () =>
      browser.evaluate<true | null>(`(() => {
        const all = [...document.querySelectorAll('${within} button, ${within} a')];
        const named = (one) => (one.getAttribute('aria-label') ?? one.innerText).trim();
        const found = all.find((one) => named(one) === ${JSON.stringify(name)} && !one.disabled && one.dataset.disabled !== 'true');
        found?.click();
        return found === undefined ? null : true;
      })()`),
    );
  };
  /** Goes to a step by its link in the rail. */
  const goTo = async (step: string): Promise<void> => {
    await browser.evaluate(
      `[...document.querySelectorAll('nav a')].find((link) => link.innerText.includes(${JSON.stringify(step)})).click()`,
    );
    await until(`the step ${step}`, () =>
      browser.evaluate<true | null>(`document.querySelector('h1')?.innerText === ${JSON.stringify(step)} || null`),
    );
  };
  return { sees, press, goTo };
}

/** Steps 2 to 4 and Start, from a page that was opened with its settings. */
async function start(browser: OtherBrowser): Promise<void> {
  const { sees, press, goTo } = hands(browser);
  await sees(/2,155/);
  await goTo('Tokenizer');
  await press('Train tokenizer');
  await press('Next: Pipeline');
  await press('Next: Model');
  await press('Create model');
  await press('Next: Train');
  await press('Start training');
}

/** Hashes of the weights that the journey gave, by the variant of the kernels. */
const weightsOf = new Map<string, string>();

const textOf = (bundle: Bundle, name: string): string => new TextDecoder().decode(bundle.get(name));

describe.each([
  { name: 'firefox-esr', installed: hasFirefox, open: openFirefox },
  { name: 'WebKitGTK', installed: hasWebkit, open: openWebkit },
])('$name', ({ installed, open }) => {
  let app: ServedApp;
  let browser: OtherBrowser;

  beforeAll(async () => {
    if (!installed) return;
    app = await serveApp(PORT);
    browser = await open();
  });

  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  test.skipIf(!installed)('trains a small model by all seven steps, tests it, and hands it over as a zip', async () => {
    await browser.goTo(new URL(MICRO_LINK, app.url).href);
    const { sees, press, goTo } = hands(browser);
    await start(browser);
    await sees(/held-out loss [\d.]+ after 30 steps/);
    // The slider is in the page's own colour, whatever the system's is.
    const [slider, own] = await browser.evaluate<string[]>(`(() => {
      const named = document.body.appendChild(document.createElement('p'));
      named.style.color = 'var(--data-train)';
      return [getComputedStyle(document.querySelector('input[type=range]')).accentColor, getComputedStyle(named).color];
    })()`);
    expect(slider).toBe(own);
    await goTo('Test');
    await press('Fill in the masks');
    await until('five answers', () =>
      browser.evaluate<true | null>(`document.querySelectorAll('section li .candidate-word').length >= 5 || null`),
    );
    await goTo('Export');
    await press('Download zip');
    const zip = await until('the zip', () => {
      // While it is written there is a file beside it, or one of another name.
      const [name, another] = readdirSync(browser.downloads);
      return name?.endsWith('.zip') && another === undefined ? join(browser.downloads, name) : null;
    });
    await sees(/Written: /);
    const bundle = unpackBundle(readFileSync(zip));
    const losses = [...checkBundle(bundle).heldOutLosses.values()];
    expect((losses[0] ?? 0) - (losses.at(-1) ?? 0)).toBeGreaterThan(0.5);
    // The same kernels give the same bits, whatever the engine and its number of threads.
    const plan = /"kernel_variant": "(\w+)"/.exec(textOf(bundle, 'training_args.json'))?.[1] ?? '';
    const weights = createHash('sha256')
      .update(bundle.get('model.safetensors') ?? '')
      .digest('hex');
    expect(weightsOf.get(plan) ?? weights).toBe(weights);
    weightsOf.set(plan, weights);
  });

  test.skipIf(!installed)('keeps a run that a reload interrupts, and resumes it', async () => {
    const link = MICRO_LINK.replace('steps=30', 'steps=1000000').replace('evalEvery=10', 'evalEvery=0');
    await browser.goTo('about:blank');
    await browser.goTo(new URL(`${link}&training.saveEvery=1`, app.url).href);
    const { sees, press, goTo } = hands(browser);
    await start(browser);
    await sees(/Saved on this device at step [1-9]/);
    await browser.reload();
    await sees(/was saved at step [\d,]+ of 1,000,000/);
    await goTo('Data');
    await press('Resume');
    await press('Pause');
    expect(await sees(/step [\d,]+ of 1,000,000/)).not.toBe('step 0 of 1,000,000');
  });

  test.skipIf(!installed)('a browser that dies ends what waits for it, and what asks later', async () => {
    const asked = browser.evaluate('new Promise(() => {})');
    const ended = expect(asked).rejects.toThrow();
    await browser.close();
    await ended;
    await expect(browser.goTo(app.url)).rejects.toThrow();
  });
});
