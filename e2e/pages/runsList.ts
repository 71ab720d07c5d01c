/** The list of stored runs on the first page. */
import { expect, type Locator, type Page } from '@playwright/test';

export class RunsList {
  readonly rows: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.rows = page
      .locator('section', { has: page.getByRole('heading', { name: 'Your runs' }) })
      // Not the places of runs that are still being read.
      .locator('ul:not([aria-busy])')
      .getByRole('listitem');
  }

  row(name: string): Locator {
    return this.page.getByRole('listitem', { name, exact: true });
  }

  /** Presses a button of a run. */
  async press(name: string, button: 'Resume' | 'Open' | 'Watch' | 'Export' | 'Rename' | 'Delete'): Promise<void> {
    await this.row(name).getByRole('button', { name: button, exact: true }).click();
  }

  async rename(name: string, to: string): Promise<void> {
    await this.press(name, 'Rename');
    await this.page.getByRole('textbox', { name: 'Name of the run' }).fill(to);
    await this.page.getByRole('button', { name: 'Save the name' }).click();
    await expect(this.row(to)).toBeVisible();
  }

  async delete(name: string): Promise<void> {
    await this.press(name, 'Delete');
    await this.row(name).getByRole('button', { name: 'Delete it' }).click();
    await expect(this.row(name)).toBeHidden();
  }
}
