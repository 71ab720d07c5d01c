/** Step 7: the bundle. */
import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import { figure } from './fields.ts';

export class ExportPage {
  readonly downloadButton: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.downloadButton = page.getByRole('button', { name: 'Download zip' });
  }

  /** The files that the page lists. */
  async listedFiles(): Promise<string[]> {
    const names = this.page.getByRole('rowheader');
    await expect(names.first()).toBeVisible({ timeout: 60_000 });
    return names.allInnerTexts();
  }

  /** Chooses a file for JavaScript beside float32: "Float16", "Int8". */
  async addOnnx(label: string): Promise<void> {
    await this.page.getByRole('checkbox', { name: label }).check();
  }

  /** Saves the files in a folder that the person chooses. */
  async saveFolder(): Promise<void> {
    await this.page.getByRole('button', { name: 'Save as a folder' }).click();
    await expect(this.page.getByText(/^Written: /)).toBeVisible({ timeout: 60_000 });
  }

  /** Presses Verify. @returns its verdict */
  async verify(): Promise<string> {
    const section = this.page.locator('section', { has: this.page.getByRole('heading', { name: 'Verify' }) });
    await section.getByRole('button', { name: 'Verify', exact: true }).click();
    await expect(section.getByLabel('What Verify found')).toBeVisible({ timeout: 120_000 });
    return section.getByRole('status').innerText();
  }

  /** A figure of Verify, such as "Transformers.js". */
  async found(name: string): Promise<string> {
    return (await figure(this.page, 'What Verify found', name).first().innerText()).split('\n')[0] ?? '';
  }

  /** @returns the zip and the name that the browser gave it. */
  async download(): Promise<{ readonly bytes: Uint8Array; readonly name: string }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.downloadButton.click()]);
    return { bytes: readFileSync(await download.path()), name: download.suggestedFilename() };
  }
}
