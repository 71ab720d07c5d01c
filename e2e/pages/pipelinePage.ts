/** Step 3: the batches. */
import { expect, type Locator, type Page } from '@playwright/test';
import { choose, fillField } from './fields.ts';

export class PipelinePage {
  readonly nextBatchButton: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.nextBatchButton = page.getByRole('button', { name: 'Next batch' });
  }

  async setSequenceLength(tokens: number): Promise<void> {
    await fillField(this.page, 'Sequence length', tokens);
  }

  async choosePacking(option: 'Packed' | 'One line per sequence'): Promise<void> {
    await choose(this.page, 'Packing', option);
  }

  /** The grid of a tensor. */
  grid(name: 'input_ids' | 'attention_mask' | 'labels'): Locator {
    return this.page.getByRole('button', { name: new RegExp(`^${name}:`) });
  }

  /** All three tensors of a real batch are drawn, with this many columns. */
  async showsBatch(columns: number): Promise<void> {
    for (const name of ['input_ids', 'attention_mask', 'labels'] as const) {
      await expect(this.grid(name)).toHaveAccessibleName(new RegExp(`rows of ${columns} cells`));
    }
  }

  /** What the cursor says about the first cell of a grid. */
  async readFirstCell(): Promise<string> {
    await this.grid('input_ids').focus();
    return this.page.getByText(/^Sequence 0, position 0/).innerText();
  }
}
