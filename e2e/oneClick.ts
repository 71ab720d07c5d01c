/** "Train with the defaults", from the first page to a first prediction, and what it leaves. */
import type { Page } from '@playwright/test';
import { checkBundle, unpackBundle } from './bundle.ts';
import { expect } from './fixtures.ts';
import type { Studio } from './pages/studio.ts';

/** How it ended is said in one line, or on a phone in two. */
async function expectShortBanner(page: Page): Promise<void> {
  const words = page.getByRole('region', { name: 'Training with the defaults' }).locator('p');
  const before = page.viewportSize();
  for (const [width, most] of [
    [1440, 1],
    [390, 2],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    const lines = await words.evaluate(
      (element) => element.clientHeight / Number.parseFloat(getComputedStyle(element).lineHeight),
    );
    expect(Math.round(lines), `lines at ${width} px`).toBeLessThanOrEqual(most);
  }
  if (before !== null) await page.setViewportSize(before);
}

/** @param whileTraining what the person does meanwhile */
export async function trainWithDefaults(
  studio: Studio,
  whileTraining: () => Promise<void> = async () => undefined,
): Promise<void> {
  await studio.data.oneClick.click();
  await expect(studio.heading('Train')).toBeVisible({ timeout: 180_000 });
  await whileTraining();
  await expect(studio.heading('Test')).toBeVisible({ timeout: 900_000 });
  await expect(studio.page.getByText('Trained with the defaults.')).toBeVisible({ timeout: 60_000 });
  await expectShortBanner(studio.page);
  await expect(studio.test.sentence).toHaveValue(/<mask>/);
  const masks = (await studio.test.sentence.inputValue()).split('<mask>').length - 1;
  expect(await studio.test.candidates(masks === 1 ? undefined : 1)).toHaveLength(5);

  await studio.goTo('Export');
  const { heldOutLosses } = checkBundle(unpackBundle((await studio.export.download()).bytes));
  const losses = [...heldOutLosses.values()];
  expect((losses[0] ?? 0) - (losses.at(-1) ?? 0)).toBeGreaterThan(0.5);

  // Every step can be opened and changed afterwards.
  await studio.goTo('Tokenizer');
  await expect(studio.tokenizer.vocabSizeField).toBeEditable();
  await studio.goTo('Train');
  await expect(studio.train.startButton).toBeEnabled();
}
