/** Step 2: the tokenizer. */
import { expect, type Locator, type Page } from '@playwright/test';
import { field, figure, fillField, numberIn } from './fields.ts';

export class TokenizerPage {
  readonly trainButton: Locator;
  readonly cancelButton: Locator;
  readonly vocabSizeField: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.trainButton = page.getByRole('button', { name: 'Train tokenizer' });
    this.cancelButton = page.getByRole('button', { name: 'Cancel' });
    this.vocabSizeField = field(page, 'Vocabulary size');
  }

  async configure(vocabSize: number, minFrequency: number): Promise<void> {
    await fillField(this.page, 'Vocabulary size', vocabSize);
    await fillField(this.page, 'Minimum pair frequency', minFrequency);
  }

  /** Trains and waits for the result. @returns the entries of the vocabulary. */
  async train(): Promise<number> {
    await this.trainButton.click();
    const entries = figure(this.page, 'The trained tokenizer', 'Vocabulary');
    await expect(entries).toBeVisible({ timeout: 120_000 });
    return numberIn(await entries.innerText());
  }

  /** Types into the playground. @returns the ids of its tokens, those around the text included. */
  async encode(text: string): Promise<number[]> {
    await this.page.getByRole('tab', { name: 'Playground' }).click();
    const field = this.page.getByLabel('Any text');
    // The first lines of the text, which would come between what is typed.
    await expect(field).not.toHaveValue('');
    await field.fill(text);
    const bytes = new TextEncoder().encode(text).length.toLocaleString('en');
    const counted = this.page.getByText(`and ${bytes} byte`);
    await expect(counted).toBeVisible();
    const tokens = this.page.getByRole('list', { name: 'The text as tokens' }).getByRole('listitem');
    // The count changes before the tokens where they are drawn a moment later; `<s>` and `</s>` are not counted.
    const ordinary = Number(/^[\d,]+/u.exec(await counted.innerText())?.[0].replaceAll(',', ''));
    await expect(tokens).toHaveCount(ordinary + 2);
    const titles = await tokens.evaluateAll((items) => items.map((item) => item.getAttribute('title') ?? ''));
    return titles.map((title) => Number(/ID (\d+)$/.exec(title)?.[1]));
  }

  /** Searches the vocabulary. @returns the rows found, as text. */
  async search(query: string): Promise<string[]> {
    await this.page.getByRole('tab', { name: 'Vocabulary' }).click();
    await this.page.getByLabel('Search the vocabulary').fill(query);
    await expect(this.page.getByRole('navigation', { name: 'Pages of tokens' })).toBeVisible();
    return this.page.getByRole('table').locator('tbody').getByRole('row').allInnerTexts();
  }
}
