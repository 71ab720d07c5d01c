/** Every bad input has a sentence, and what was loaded stays. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../fixtures.ts';
import type { PickedFile } from '../pages/dataPage.ts';

const file = (name: string, content: string | Uint8Array): PickedFile => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(content),
});

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);

test('files that are no text, and texts that are too short or too long', async ({ studio }) => {
  const folder = mkdtempSync(join(tmpdir(), 'folio-bad-'));
  const large = join(folder, 'large.txt');
  const handle = openSync(large, 'w');
  ftruncateSync(handle, 200 * 2 ** 20);
  closeSync(handle);
  const cases: readonly (readonly [PickedFile, RegExp])[] = [
    [file('empty.txt', ''), /“empty\.txt” contains no text\. Choose a file that contains text/],
    [file('blank.txt', ' \n\n\t'), /“blank\.txt” contains no text/],
    [file('picture.txt', PNG), /“picture\.txt” is a PNG image, not plain text\./],
    [file('book.pdf', '%PDF-1.7\n'), /“book\.pdf” is a PDF document, not plain text\. Copy the text out of it/],
    [file('short.txt', 'So short.'), /“short\.txt” is too short to train on: \d+ characters, and at least \d+/],
    [large, /“large\.txt” is 200 MB; the limit is 128 MB/],
  ];
  try {
    for (const [picked, sentence] of cases) {
      await studio.data.pick(picked);
      await expect(studio.alert).toHaveText(sentence);
      await studio.data.isLoaded('Shakespeare’s sonnets');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  await studio.data.paste('Far too short as well.');
  await expect(studio.alert).toHaveText(/is too short to train on: 22 characters/);
  // What was loaded before is not only shown: the next step works with it.
  await studio.goTo('Tokenizer');
  await studio.tokenizer.configure(300, 2);
  expect(await studio.tokenizer.train()).toBe(300);
});

test('a good text after a bad one takes the sentence away', async ({ studio, page }) => {
  // The sentence stands where the eye is, on a phone too.
  await page.setViewportSize({ width: 390, height: 844 });
  await studio.data.dropArea.scrollIntoViewIfNeeded();
  await studio.data.pick(file('empty.txt', ''));
  await expect(studio.alert).toBeInViewport();
  await studio.data.paste('One line of a text that is long enough to be trained on.\n\n'.repeat(40));
  await expect(studio.alert).toBeHidden();
  expect(await studio.data.count('Documents')).toBe(40);
});

test('impossible numbers are kept as typed, explained, and stop the step', async ({ studio, page }) => {
  await studio.data.heldOutShare.fill('0.9');
  await expect(page.getByText('Held-out share must be from 0 to 0.5.')).toBeVisible();
  await studio.data.heldOutShare.fill('0.1');

  await studio.goTo('Tokenizer');
  for (const [typed, sentence] of [
    ['10', 'Vocabulary size must be a whole number from 261 to 200,000.'],
    ['400.5', 'Vocabulary size must be a whole number from 261 to 200,000.'],
    ['many', 'Vocabulary size: type a number from 261 to 200,000.'],
    ['', 'Vocabulary size: type a number from 261 to 200,000.'],
    ['1e30', 'Vocabulary size must be a whole number from 261 to 200,000.'],
  ] as const) {
    await studio.tokenizer.vocabSizeField.fill(typed);
    await expect(page.getByText(sentence).first()).toBeVisible();
    await expect(studio.tokenizer.trainButton).toBeDisabled();
    await expect(studio.tokenizer.vocabSizeField).toHaveValue(typed);
  }
  await studio.tokenizer.vocabSizeField.fill('300');
  await studio.tokenizer.train();

  await studio.goTo('Model');
  await studio.model.headsField.fill('3');
  await expect(page.getByText(/Attention heads must divide the hidden size/).first()).toBeVisible();
  await expect(studio.model.createButton).toBeDisabled();

  await studio.goTo('Train');
  await studio.train.stepsField.fill('0');
  await expect(page.getByText('Steps must be a whole number from 1 to 1,000,000.').first()).toBeVisible();
  await expect(studio.train.startButton).toBeDisabled();
});
