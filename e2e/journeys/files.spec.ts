/** The ways in which a text file gets to the page: dropped, or chosen by mouse and by keyboard. */
import type { JSHandle, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';

const LINE = 'One line of a text that is long enough to be trained on.\n\n';

/** What a drag carries: text files with these names, each with its own number of documents. */
function carry(page: Page, files: Readonly<Record<string, number>>): Promise<JSHandle<DataTransfer>> {
  const texts = Object.entries(files).map(([name, documents]) => ({ name, text: LINE.repeat(documents) }));
  return page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, text } of given) transfer.items.add(new File([text], name, { type: 'text/plain' }));
    return transfer;
  }, texts);
}

test('files that are dropped are read together, and the area says that it takes them', async ({ studio, page }) => {
  const area = studio.data.dropArea;
  const dataTransfer = await carry(page, { 'first.txt': 30, 'second.txt': 10 });
  await area.dispatchEvent('dragenter', { dataTransfer });
  await expect(area).toHaveAttribute('data-accept', 'true');
  await area.dispatchEvent('dragover', { dataTransfer });
  await area.dispatchEvent('drop', { dataTransfer });
  await studio.data.isLoaded('first.txt and second.txt');
  expect(await studio.data.count('Documents')).toBe(40);
  await expect(area).not.toHaveAttribute('data-accept');
});

test('a file that is no text is refused when it is dropped, too', async ({ studio, page }) => {
  const dataTransfer = await carry(page, { 'empty.txt': 0 });
  await studio.data.dropArea.dispatchEvent('drop', { dataTransfer });
  await expect(studio.alert).toHaveText(/“empty\.txt” contains no text/);
});

test('a file is chosen by a click and by the keyboard', async ({ studio, page }) => {
  const button = studio.data.dropArea.getByRole('button');
  for (const [name, open] of [
    ['clicked.txt', () => button.click()],
    ['typed.txt', () => button.press('Enter')],
  ] as const) {
    const chooser = page.waitForEvent('filechooser');
    await open();
    expect((await chooser).isMultiple()).toBe(true);
    await (await chooser).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(LINE.repeat(40)) });
    await studio.data.isLoaded(name);
  }
});
