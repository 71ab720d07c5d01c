/** The whole journey by keyboard alone, and the keys that go anywhere. What is focused is always to be seen. */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { checkBundle, unpackBundle } from '../bundle.ts';
import { expect, test } from '../fixtures.ts';
import { field } from '../pages/fields.ts';
import { SHORT_TEXT } from '../shortText.ts';

/** Why what is focused can't be seen, or null if it can. */
function hiddenFocus(): string | null {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) return null;
  const name = `${element.tagName.toLowerCase()} “${(element.innerText || element.getAttribute('aria-label') || element.id).slice(0, 40)}”`;
  // A radio button's ring, a field's frame: the mark may be drawn by the element or by what wraps it.
  const marked = [element, element.parentElement].some((part) => {
    if (part === null) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part);
    return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  });
  if (!marked) return `${name} has no mark of its focus`;
  const { left, top, width, height } = element.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + Math.min(height / 2, 100)];
  const shown = document.elementFromPoint(x, y);
  const seen = shown !== null && (element.contains(shown) || shown.contains(element));
  return seen ? null : `${name} is covered by ${shown?.className ?? 'the edge of the window'}`;
}

/** Presses Tab until this is focused. Everything on the way has to be seen. */
async function tabTo(page: Page, target: Locator, most = 120): Promise<void> {
  for (let presses = 0; presses < most; presses++) {
    const there = await target.evaluate((element) => element === document.activeElement).catch(() => false);
    if (there) return;
    await page.keyboard.press('Tab');
    expect(await page.evaluate(hiddenFocus)).toBeNull();
  }
  throw new Error(`Tab did not reach ${target} with ${most} presses`);
}

/** Goes to a field and types in place of what is there. */
async function typeInto(page: Page, term: string, text: string): Promise<void> {
  await tabTo(page, field(page, term));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

async function press(page: Page, button: string | RegExp): Promise<void> {
  await tabTo(page, page.getByRole('button', { name: button }).first());
  await page.keyboard.press('Enter');
}

/** By its name in the palette. */
async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByPlaceholder('What do you want to do?')).toBeFocused();
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
  // Gone, and not only faded out: until then Tab finds it.
  await expect(page.getByPlaceholder('What do you want to do?')).toHaveCount(0);
}

test('from the first page to the zip without a mouse', async ({ studio, page }) => {
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Skip to the step' })).toBeFocused();
  // Many fields stand before what to press next: a second press leads there.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Next: Tokenizer' })).toBeFocused();
  await page.getByRole('button', { name: 'Skip to the step' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();

  await tabTo(page, page.getByLabel('Or paste text'));
  // As a paste does: all at once.
  await page.keyboard.insertText(SHORT_TEXT);
  await press(page, 'Use this text');
  await studio.data.isLoaded('Pasted text');
  await typeInto(page, 'Held-out share', '0.01');
  await page.locator('main').focus();
  await page.keyboard.press('2');
  await expect(studio.heading('Tokenizer')).toBeVisible();
  await typeInto(page, 'Vocabulary size', '300');
  await press(page, 'Train tokenizer');
  await expect(page.getByRole('button', { name: 'Next: Pipeline' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Train tokenizer' })).toBeFocused();
  await press(page, 'Next: Pipeline');
  await expect(studio.heading('Pipeline')).toBeVisible();
  await studio.pipeline.showsBatch(64);
  await tabTo(page, studio.pipeline.grid('input_ids'));
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/^Sequence 0, position 1/)).toBeVisible();

  await page.keyboard.press('4');
  await expect(studio.heading('Model')).toBeVisible();
  await tabTo(page, field(page, 'Preset'));
  // Not by typing its name: a browser forgets the letters typed so far after a second.
  for (let presses = 0; presses < 8 && (await field(page, 'Preset').inputValue()) !== 'micro'; presses++) {
    await page.keyboard.press('ArrowUp');
  }
  await expect(field(page, 'Preset')).toHaveValue('micro');
  await press(page, 'Create model');
  await press(page, 'Next: Train');
  await expect(studio.heading('Train')).toBeVisible();
  await typeInto(page, 'Steps', '6');
  await tabTo(page, page.getByText(/^More: warm-up/));
  await page.keyboard.press('Enter');
  await typeInto(page, 'Warm-up steps', '2');
  await press(page, 'Start training');
  await studio.train.finish(120_000);
  await press(page, 'Next: Test');
  await expect(studio.heading('Test')).toBeVisible();
  await tabTo(page, studio.test.sentence);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('Shall I compare thee to a <mask> day');
  await page.keyboard.press('ControlOrMeta+Enter');
  expect(await studio.test.candidates()).toHaveLength(5);
  await command(page, 'Export');
  await expect(studio.heading('Export')).toBeVisible();
  await expect(page.getByRole('rowheader').first()).toBeVisible();
  const download = page.waitForEvent('download');
  await press(page, 'Download zip');
  expect(checkBundle(unpackBundle(readFileSync(await (await download).path())))).toMatchObject({ steps: 6 });
});

test('keys go to steps and change the colours, never while typing, and can be turned off', async ({ studio, page }) => {
  const scheme = (): Promise<string | null> => page.locator('html').getAttribute('data-mantine-color-scheme');
  await page.keyboard.press('d');
  await expect.poll(scheme).toBe('dark');
  await page.reload();
  await expect(studio.heading('Data')).toBeVisible();
  expect(await scheme()).toBe('dark');
  await command(page, 'Use the system');
  await expect.poll(scheme).toBe('light');

  await page.keyboard.press('t');
  await expect(page.getByText('First train the tokenizer in the Tokenizer step.')).toBeVisible();
  await expect(studio.heading('Data')).toBeVisible();
  await page.getByLabel('Or paste text').focus();
  await page.keyboard.type('d3t?');
  await expect(page.getByLabel('Or paste text')).toHaveValue('d3t?');
  await expect(studio.heading('Data')).toBeVisible();
  expect(await scheme()).toBe('light');

  await page.locator('main').focus();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet.getByText('Start training')).toBeVisible();
  // It takes the focus a moment after it is shown.
  await expect.poll(() => sheet.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await tabTo(page, sheet.getByRole('switch', { name: 'Single-key shortcuts' }));
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await page.locator('main').focus();
  await page.keyboard.press('3');
  await page.keyboard.press('d');
  expect(await scheme()).toBe('light');
  await expect(studio.heading('Data')).toBeVisible();
  await command(page, 'Pipeline');
  await expect(studio.heading('Pipeline')).toBeVisible();
});

test('the palette keeps its place while one types, and what was chosen in it', async ({ page, studio }) => {
  await expect(studio.heading('Data')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+k');
  const field = page.getByPlaceholder('What do you want to do?');
  await expect(field).toBeFocused();
  const top = async (): Promise<number> => Math.round((await field.boundingBox())?.y ?? Number.NaN);
  const selected = page.locator('.mantine-Spotlight-action[data-selected]');
  const before = await top();
  await page.keyboard.type('expo');
  await expect(selected).toContainText('Export');
  expect(await top()).toBe(before);
  await page.keyboard.press('ArrowDown');
  await expect(selected).toContainText('Download the model zip');
  // The list is drawn anew with every change of what is typed; the list alone moves nothing.
  await page.keyboard.press('Shift');
  await expect(selected).toContainText('Download the model zip');
});
