/** A text that is larger than a book; e2e/long has the largest. */
import { test } from '../fixtures.ts';
import { trainOnLargeText } from '../largeText.ts';

test('a tokenizer on 4 MB does not freeze the page', async ({ studio, browser }) => {
  await trainOnLargeText(studio, browser, { bytes: 4e6, vocabSize: 4000 });
});
