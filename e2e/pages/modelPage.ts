/** Step 4: the model's sizes and the device. */
import { expect, type Locator, type Page } from '@playwright/test';
import { field, figure, fillField, numberIn } from './fields.ts';

export class ModelPage {
  readonly createButton: Locator;
  readonly headsField: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.createButton = page.getByRole('button', { name: 'Create model' });
    this.headsField = field(page, 'Attention heads');
  }

  async choosePreset(name: string): Promise<void> {
    await field(this.page, 'Preset').selectOption(name);
    await expect(field(this.page, 'Preset')).toHaveValue(name);
  }

  /** Chooses the device and waits until it is there. */
  async chooseDevice(name: string, title: string): Promise<void> {
    await field(this.page, 'Device').selectOption(name);
    await expect(this.page.getByText(`You chose ${title}`, { exact: false })).toBeVisible({ timeout: 60_000 });
  }

  async setHiddenSize(size: number): Promise<void> {
    await fillField(this.page, 'Hidden size', size);
  }

  async setSeed(seed: number): Promise<void> {
    await fillField(this.page, 'Random seed', seed);
  }

  async parameters(): Promise<number> {
    return numberIn(await figure(this.page, 'What this model costs', 'Parameters').innerText());
  }

  /** Draws the weights and waits for them. */
  async create(): Promise<void> {
    await this.createButton.click();
    await expect(this.page.getByText(/parameters initialised/)).toBeVisible({ timeout: 120_000 });
  }
}
