/** The training of a tokenizer says how fast it is, and Cancel answers at once. */
import { expect, test } from '../fixtures.ts';

const ANSWER_MS = 200;

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

test('a tokenizer in training can be cancelled within 200 ms', async ({ studio, page }) => {
  await studio.data.pick({ name: 'words.txt', mimeType: 'text/plain', buffer: Buffer.from(manyWords(400_000)) });
  await studio.data.isLoaded('words.txt');
  await studio.goTo('Tokenizer');
  await studio.tokenizer.configure(50_000, 2);
  await studio.tokenizer.trainButton.click();
  await expect(page.getByText(/[\d,]+ merges a second/)).toBeVisible({ timeout: 120_000 });
  const answeredMs = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let pressedMs = 0;
        document.addEventListener('click', () => (pressedMs = performance.now()), { capture: true, once: true });
        new MutationObserver(() => {
          const cancelled = document.body.textContent?.includes('The training was cancelled.');
          if (cancelled) resolve(performance.now() - pressedMs);
        }).observe(document.body, { childList: true, subtree: true, characterData: true });
      }),
  );
  await studio.tokenizer.cancelButton.click();
  expect(await answeredMs).toBeLessThan(ANSWER_MS);
  await expect(studio.tokenizer.trainButton).toBeEnabled();
});
