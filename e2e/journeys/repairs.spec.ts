/** A book of Project Gutenberg, repaired, trained on, and exported with a card that lists the repairs. */
import { readFileSync } from 'node:fs';
import { unpackBundle } from '../bundle.ts';
import { expect, test } from '../fixtures.ts';
import { MICRO_LINK } from '../microLink.ts';
import { trainMicro } from '../microRun.ts';

const BOOK = readFileSync('e2e/cases/texts/hyphens-at-line-ends.txt', 'utf8').replaceAll('fi', 'ﬁ');
const FRAMED = [
  'The Project Gutenberg eBook of The Ferry Years',
  '*** START OF THE PROJECT GUTENBERG EBOOK THE FERRY YEARS ***',
  BOOK,
  '*** END OF THE PROJECT GUTENBERG EBOOK THE FERRY YEARS ***',
  'Section 1. What you may do with this book',
].join('\r\n\r\n');

test.use({ address: `./${MICRO_LINK}` });

test('a book of Project Gutenberg is repaired, trained on, and its card lists the repairs', async ({
  page,
  studio,
}) => {
  await expect(page.getByText('Text check: nothing to repair.')).toBeVisible();
  await studio.data.pick({ name: 'pg00000.txt', mimeType: 'text/plain', buffer: Buffer.from(FRAMED) });
  await studio.data.isLoaded('pg00000.txt');
  await expect(studio.data.findings).toHaveCount(4);
  const words = await studio.data.count('Words');

  await studio.data.press('Keep only the book', 'Project Gutenberg');
  await expect(studio.data.findings.filter({ hasText: 'Repaired: 4 lines of header' })).toBeVisible();
  expect(await studio.data.count('Words')).toBeLessThan(words);
  await studio.data.press('Undo', 'Repaired: 4 lines of header');
  await expect(studio.data.findings.filter({ hasText: 'Repaired' })).toHaveCount(0);
  expect(await studio.data.count('Words')).toBe(words);

  await page.getByRole('button', { name: 'Repair all' }).click();
  await expect(studio.data.findings.filter({ hasText: 'Repaired' })).toHaveCount(4);
  await expect(studio.data.findings).toHaveCount(4);
  // A paragraph is a line, and a document.
  expect(await studio.data.count('Lines')).toBe(20);
  expect(await studio.data.count('Documents')).toBe(20);

  await trainMicro(studio);
  await studio.goTo('Data');
  // With a model trained on them, the repairs are not undone without a question.
  await page.getByRole('button', { name: 'Undo all' }).click();
  await expect(page.getByRole('dialog')).toContainText('need redoing');
  await page.keyboard.press('Escape');
  await expect(studio.data.findings.filter({ hasText: 'Repaired' })).toHaveCount(4);

  await studio.goTo('Export');
  const files = unpackBundle((await studio.export.download()).bytes);
  const card = new TextDecoder().decode(files.get('README.md'));
  expect(card).toContain(
    [
      'Changed in the text before training:',
      '',
      '- 12 ligatures written as letters',
      '- 4 lines of header, licence or notice removed',
      '- 35 words joined after a hyphen at the end of a line',
      '- 20 hard-wrapped paragraphs joined',
      '',
    ].join('\n'),
  );
});
