/** The training of a tokenizer says how fast it is, and Cancel answers at once. */
import { expect, test } from '../fixtures.ts';
import { TRACE_CATEGORIES, workerCpuMsAfterLastClick } from '../trace.ts';

/** Work that is still done after Cancel was pressed; how long a busy machine takes for it is another matter. */
const MOST_WORK_MS = 200;

/** Many different words, so that there is a long training to cancel. */
function manyWords(count: number): string {
  const syllables = ['ba', 'ke', 'li', 'mo', 'nu', 'ra', 'se', 'ti', 'vo', 'zu', 'pra', 'sten', 'gol', 'dri', 'fen'];
  const word = (n: number): string => {
    let text = '';
    for (let left = n; left > 0; left = Math.floor(left / syllables.length)) text += syllables[left % syllables.length];
    return text;
  };
  const lines: string[] = [];
  for (let n = 1; n < count; n += 8)
    lines.push(Array.from({ length: 8 }, (_, index) => word((n + index) * 7919)).join(' '));
  return lines.join('\n');
}

test('a tokenizer in training is cancelled before it has worked for 200 ms more', async ({ studio, page, browser }) => {
  await studio.data.pick({ name: 'words.txt', mimeType: 'text/plain', buffer: Buffer.from(manyWords(300_000)) });
  await studio.data.isLoaded('words.txt');
  await studio.goTo('Tokenizer');
  await studio.tokenizer.configure(50_000, 2);
  // Before the training, which goes on while a busy machine begins to trace.
  await browser.startTracing(page, { categories: TRACE_CATEGORIES });
  await studio.tokenizer.trainButton.click();
  await expect(page.getByText(/[\d,]+ merges per second/)).toBeVisible({ timeout: 120_000 });
  await studio.tokenizer.cancelButton.click();
  await expect(page.getByText('Training was cancelled.').first()).toBeVisible();
  const workMs = workerCpuMsAfterLastClick(await browser.stopTracing());
  test.info().annotations.push({ type: 'work after Cancel, ms', description: String(workMs) });
  expect(workMs).toBeLessThan(MOST_WORK_MS);
  await expect(studio.tokenizer.trainButton).toBeEnabled();
});
