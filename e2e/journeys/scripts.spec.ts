/** Scripts that are written from the right, or without spaces: shown as they are written wherever text stands. */
import { expect, type Locator } from '@playwright/test';
import { test } from '../fixtures.ts';
import { MICRO_LINK } from '../microLink.ts';
import { trainMicro } from '../microRun.ts';
import type { Studio } from '../pages/studio.ts';
import { HEBREW, JAPANESE } from '../scriptTexts.ts';

test.use({ address: `./${MICRO_LINK}` });

/** From the text to a trained model of very few steps. */
async function train(studio: Studio, name: string, text: string): Promise<void> {
  await studio.data.pick({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  await studio.data.isLoaded(name);
  await trainMicro(studio);
}

/** Every one of at least one element runs that way. */
async function expectRuns(elements: Locator, direction: 'rtl' | 'ltr'): Promise<void> {
  await expect(elements.first()).toBeVisible();
  const directions = await elements.evaluateAll((list) => list.map((element) => getComputedStyle(element).direction));
  expect(new Set(directions)).toEqual(new Set([direction]));
}

test('a Hebrew text runs from the right in every step', async ({ studio }) => {
  const { page } = studio;
  await train(studio, 'שירים.txt', HEBREW);
  await expectRuns(page.locator('.verse'), 'rtl');

  await studio.next('Test');
  await studio.test.type('<mask> שותק ליד הים.');
  await studio.test.fill();
  await expectRuns(studio.test.sentence, 'rtl');
  await expectRuns(page.locator('.answered'), 'rtl');
  await expectRuns(page.locator('.candidate-sequence'), 'rtl');
  await expectRuns(page.locator('.words'), 'rtl');
  await studio.test.open('Surprisal');
  await expectRuns(page.getByLabel('Passage', { exact: true }), 'rtl');

  await studio.goTo('Data');
  await expectRuns(page.locator('.verse-line'), 'rtl');
  // The page itself is English.
  await expectRuns(page.locator('h1'), 'ltr');
  await studio.goTo('Tokenizer');
  await studio.tokenizer.encode('היער הישן שותק.');
  await expectRuns(page.getByRole('list', { name: 'The text as tokens' }), 'rtl');
  await studio.goTo('Pipeline');
  await page.getByRole('button', { name: /^input_ids: / }).focus();
  await page.keyboard.press('ArrowRight');
  await expectRuns(page.locator('.batch-text'), 'rtl');
});

test('a Japanese text ends with verses and an answer', async ({ studio }) => {
  await train(studio, '詩.txt', JAPANESE);
  await expect(studio.page.locator('.verse .guess').first()).toBeVisible();
  await studio.goTo('Tokenizer');
  await expect(studio.page.getByLabel('Any text')).toHaveValue(/[ぁ-ん一-龯]/u);
  await studio.goTo('Train');
  await studio.next('Test');
  await expect(studio.test.sentence).toHaveValue(/[ぁ-ん一-龯].*<mask>|<mask>.*[ぁ-ん一-龯]/u);
  await studio.test.type('静かな川は<mask>て海のそばにいた。');
  await studio.test.fill();
  expect(await studio.test.candidates()).toHaveLength(5);
});
