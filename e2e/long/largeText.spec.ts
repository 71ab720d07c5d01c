/** Nearly as large a text as the page takes. */
import { test } from '../fixtures.ts';
import { readLargeTable, trainOnLargeText } from '../largeText.ts';

test('a tokenizer on 100 MB does not freeze the page', async ({ studio, browser }) => {
  test.setTimeout(900_000);
  await trainOnLargeText(studio, browser, { bytes: 100e6, vocabSize: 8000 });
});

test('a table of 110 MB does not freeze the page while it is read', async ({ studio, browser }) => {
  test.setTimeout(900_000);
  await readLargeTable(studio, browser, 100e6);
});
