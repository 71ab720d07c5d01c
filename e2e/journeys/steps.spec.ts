/** The steps as a browser sees them: addresses, titles, back and forward. And what explains a word, one press away. */
import { expect, test } from '../fixtures.ts';
import { field } from '../pages/fields.ts';

test('back and forward lead from step to step, and neither they nor a bare #train change a setting', async ({
  studio,
  page,
}) => {
  await studio.goTo('Tokenizer');
  await expect(page).toHaveTitle('Tokenizer · Folio');
  await field(page, 'Vocabulary size').fill('512');
  await expect(page).toHaveURL(/#tokenizer\?tokenizer\.vocabSize=512$/);
  await studio.goTo('Model');
  await page.goBack();
  await expect(studio.heading('Tokenizer')).toBeVisible();
  await page.goBack();
  await expect(studio.heading('Data')).toBeVisible();
  await page.goForward();
  await expect(studio.heading('Tokenizer')).toBeVisible();
  await expect(field(page, 'Vocabulary size')).toHaveValue('512');

  await page.evaluate(() => {
    window.location.hash = '#train';
  });
  await expect(studio.heading('Train')).toBeVisible();
  await expect(page).toHaveURL(/#train\?tokenizer\.vocabSize=512$/);
  await page.goBack();
  await expect(studio.heading('Tokenizer')).toBeVisible();
  await expect(field(page, 'Vocabulary size')).toHaveValue('512');
});

test('the glossary and the reasons for defaults are one press away, and Escape closes them', async ({
  studio,
  page,
}) => {
  await page.getByRole('button', { name: 'Glossary' }).click();
  const glossary = page.getByRole('dialog', { name: 'Glossary' });
  for (const term of ['Nat', 'Unigram', 'Baseline', 'Perplexity', 'Calibration', 'Merge', 'Held-out text']) {
    await expect(glossary.getByRole('term').filter({ hasText: new RegExp(`^${term}$`) })).toBeVisible();
  }
  await page.keyboard.press('Escape');
  await expect(glossary).toBeHidden();
  await studio.goTo('Tokenizer');
  await page.getByRole('button', { name: 'Why these defaults?' }).click();
  await expect(page.getByRole('dialog').getByText(/^2,048: on the sonnets/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});
