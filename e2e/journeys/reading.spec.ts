/** Files that are no plain UTF-8: what was found is shown, can be chosen otherwise, and stands in the card. */
import { readFileSync } from 'node:fs';
import { unpackBundle } from '../bundle.ts';
import { expect, test } from '../fixtures.ts';
import { MICRO_LINK } from '../microLink.ts';
import { trainMicro } from '../microRun.ts';
import type { PickedFile } from '../pages/dataPage.ts';

test.use({ address: `./${MICRO_LINK}` });

const file = (name: string, buffer: Buffer): PickedFile => ({ name, mimeType: 'text/plain', buffer });

test('a CSV file is dropped, its column chosen, trained on, and named in the card', async ({ page, studio }) => {
  const rows = Array.from(
    { length: 60 },
    (_, at) => `${at};"The summer, ${at} days old";A quiet rose keeps the day ${at}`,
  );
  await studio.data.pick(file('verses.csv', Buffer.from(['number;first;second', ...rows].join('\r\n'))));
  await studio.data.isLoaded('verses.csv');
  await expect(page.getByText('It is a table (CSV, columns separated by semicolons)')).toBeVisible();
  expect(await studio.data.count('Documents')).toBe(60);
  await page.getByLabel('Column or field').selectOption({ label: 'first: The summer, 0 days old' });
  await expect(page.getByText('60 rows of column “first” were read as text')).toBeVisible();
  await expect(page.getByText('The summer, 3 days old').first()).toBeVisible();

  await trainMicro(studio);
  await studio.goTo('Export');
  const files = unpackBundle((await studio.export.download()).bytes);
  const card = new TextDecoder().decode(files.get('README.md'));
  expect(card).toContain('Source: verses.csv. Read as: verses.csv: CSV, “first”.');
});

test('a text in Windows-1251 is recognised, and read in another encoding when that is chosen', async ({
  page,
  studio,
}) => {
  await studio.data.pick(file('wood.txt', readFileSync('e2e/cases/texts/windows-1251-russian.txt')));
  await studio.data.isLoaded('wood.txt');
  await expect(page.getByText('judging by its characters it is Windows-1251')).toBeVisible();
  const [first = ''] = readFileSync('e2e/cases/expected/windows-1251-russian.txt', 'utf8').split('\n');
  await expect(page.getByText(first)).toBeVisible();

  await page.getByLabel('Encoding').selectOption('koi8-r');
  await expect(page.getByText('It was read as KOI8-R, as chosen.')).toBeVisible();
  await expect(page.getByText(first)).toBeHidden();
  await page.getByLabel('Encoding').selectOption('windows-1251');
  await expect(page.getByText(first)).toBeVisible();
});

test('what needs a reader of its own is read in the built page', async ({ page, studio }) => {
  for (const [name, found] of [
    ['Am Fluss.html', 'It is HTML, a web page'],
    ['chapter.docx', 'It is a Word document'],
    ['ferry.txt.gz', 'It is compressed with gzip'],
    ['export.json', 'It is JSON: field “content” was read as text'],
    ['film.srt', 'It is a file of subtitles'],
    ['utf16be-bom.txt', 'It is UTF-16 BE, and was converted.'],
  ] as const) {
    await studio.data.pick(`e2e/cases/texts/${name}`);
    await studio.data.isLoaded(name);
    await expect(page.getByText(found)).toBeVisible();
  }
});
