/** Step 1: the text. */
import { expect, type Locator, type Page } from '@playwright/test';
import { field, figure, fillField, numberIn } from './fields.ts';

/** A file that a person picks: one on disk, or one made for the test. */
export type PickedFile = string | { readonly name: string; readonly mimeType: string; readonly buffer: Buffer };

/** What the page calls a text that was pasted. */
const PASTED = 'Pasted text';

export class DataPage {
  readonly oneClick: Locator;
  readonly heldOutShare: Locator;
  /** Where files are dropped; the button in it opens the system's own choice. */
  readonly dropArea: Locator;
  readonly zipField: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.oneClick = page.getByRole('button', { name: 'Train with the defaults' });
    this.heldOutShare = field(page, 'Held-out share');
    this.dropArea = page.locator('.file-drop');
    this.zipField = page.getByLabel('Model archive');
  }

  /** The text with this name is the loaded one. */
  async isLoaded(name: string): Promise<void> {
    const loaded = this.page.getByRole('region', { name: 'The loaded text' });
    await expect(loaded.getByRole('heading', { name })).toBeVisible({ timeout: 60_000 });
  }

  async pick(...files: PickedFile[]): Promise<void> {
    await this.page.getByLabel('Text files', { exact: true }).setInputFiles(files as string[]);
  }

  /** Opens the zip of a model. */
  async openZip(file: PickedFile): Promise<void> {
    await this.zipField.setInputFiles(file as string);
  }

  /** Opens a model's folder on disk. */
  async openFolder(path: string): Promise<void> {
    await this.page.getByLabel('Model folder').setInputFiles(path);
  }

  /** The model with this name is open. */
  async hasOpened(name: string): Promise<void> {
    await expect(this.page.getByText(`${name} is open`)).toBeVisible({ timeout: 60_000 });
  }

  async paste(text: string): Promise<void> {
    await this.page.getByLabel('Or paste text').fill(text);
    await this.page.getByRole('button', { name: 'Use this text' }).click();
  }

  /** Pastes a text that is good, and waits until it is loaded. */
  async loadPasted(text: string): Promise<void> {
    await this.paste(text);
    await this.isLoaded(PASTED);
  }

  async setSplit(heldOutShare: number, splitSeed: number): Promise<void> {
    await fillField(this.page, 'Held-out share', heldOutShare);
    await fillField(this.page, 'Split seed', splitSeed);
  }

  /** A count of the loaded text, such as "Lines". */
  async count(name: string): Promise<number> {
    return numberIn(await figure(this.page, 'Counts of the text', name).innerText());
  }

  /** What the check of the text found, and what was repaired; empty where there is nothing to repair. */
  get findings(): Locator {
    return this.page.getByRole('list', { name: 'Findings in the text' }).getByRole('listitem');
  }

  /** Presses the button of a finding, or "Undo" of a repair. @param row words of it */
  async press(button: string, row: string | RegExp): Promise<void> {
    await this.findings.filter({ hasText: row }).getByRole('button', { name: button }).click();
  }
}
