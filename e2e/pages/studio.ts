/** The shell: the seven steps, the one button, and what all steps share. */
import { expect, type Locator, type Page } from '@playwright/test';
import { DataPage } from './dataPage.ts';
import { ExportPage } from './exportPage.ts';
import { ModelPage } from './modelPage.ts';
import { PipelinePage } from './pipelinePage.ts';
import { RunsList } from './runsList.ts';
import { TestPage } from './testPage.ts';
import { TokenizerPage } from './tokenizerPage.ts';
import { TrainPage } from './trainPage.ts';

export type StepTitle = 'Data' | 'Tokenizer' | 'Pipeline' | 'Model' | 'Train' | 'Test' | 'Export';

export class Studio {
  readonly page: Page;
  readonly data: DataPage;
  readonly tokenizer: TokenizerPage;
  readonly pipeline: PipelinePage;
  readonly model: ModelPage;
  readonly train: TrainPage;
  readonly test: TestPage;
  readonly export: ExportPage;
  readonly runs: RunsList;
  /** What went wrong, with its remedy. */
  readonly alert: Locator;

  private constructor(page: Page) {
    this.page = page;
    this.data = new DataPage(page);
    this.tokenizer = new TokenizerPage(page);
    this.pipeline = new PipelinePage(page);
    this.model = new ModelPage(page);
    this.train = new TrainPage(page);
    this.test = new TestPage(page);
    this.export = new ExportPage(page);
    this.runs = new RunsList(page);
    this.alert = page.getByRole('alert');
  }

  /** Opens the first page and waits for its text. @param address may hold settings: "./#data?training.steps=20" */
  static async open(page: Page, address = './'): Promise<Studio> {
    await page.goto(address);
    const studio = new Studio(page);
    await expect(studio.heading('Data')).toBeVisible();
    await studio.data.isLoaded('Shakespeare’s sonnets');
    return studio;
  }

  heading(step: StepTitle): Locator {
    return this.page.getByRole('heading', { level: 1, name: step, exact: true });
  }

  /** Goes to a step by its link. */
  async goTo(step: StepTitle): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: step }).click();
    await expect(this.heading(step)).toBeVisible();
  }

  /** Goes on by the button that a finished step offers. */
  async next(step: StepTitle): Promise<void> {
    await this.page.getByRole('button', { name: `Next: ${step}` }).click();
    await expect(this.heading(step)).toBeVisible();
  }
}
