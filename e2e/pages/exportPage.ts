/** Step 7: the bundle. */
import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';

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

  /** @returns the zip and the name that the browser gave it. */
  async download(): Promise<{ readonly bytes: Uint8Array; readonly name: string }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.downloadButton.click()]);
    return { bytes: readFileSync(await download.path()), name: download.suggestedFilename() };
  }
}
