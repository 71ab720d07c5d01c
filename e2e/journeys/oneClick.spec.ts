/** From an empty profile, one button does everything. */
import { checkBundle, unpackBundle } from '../bundle.ts';
import { expect, test } from '../fixtures.ts';

test('"Train with the defaults" walks all seven steps and ends with a first prediction', async ({ studio }) => {
  test.setTimeout(540_000);
  await studio.data.oneClick.click();
  await expect(studio.heading('Train')).toBeVisible({ timeout: 180_000 });
  await expect(studio.heading('Test')).toBeVisible({ timeout: 480_000 });
  await expect(studio.page.getByText('Trained with the defaults.')).toBeVisible({ timeout: 60_000 });
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
});
