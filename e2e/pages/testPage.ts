/** Step 6: masked sentences. */
import { expect, type Locator, type Page } from '@playwright/test';

export interface Candidate {
  readonly word: string;
  /** 0 to 1. */
  readonly score: number;
  readonly id: number;
  readonly sequence: string;
}

export class TestPage {
  readonly sentence: Locator;
  readonly fillButton: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.sentence = page.getByLabel('Sentence', { exact: true });
    this.fillButton = page.getByRole('button', { name: 'Fill in the masks' });
  }

  async type(text: string): Promise<void> {
    await this.sentence.fill(text);
  }

  /** Hides a word by pressing it. */
  async maskWord(word: string): Promise<void> {
    await this.page.getByRole('button', { name: `Mask “${word}”` }).click();
  }

  /** Asks the model. */
  async fill(): Promise<void> {
    await this.fillButton.click();
  }

  /** Opens one of the views of the step. */
  async open(view: 'Fill in' | 'Attention' | 'Layers' | 'Surprise' | 'Vocabulary'): Promise<void> {
    await this.page.getByRole('tab', { name: view, exact: true }).click();
  }

  /** The button of a token in the view that is open, by its position; pressing it hides the token. */
  token(place: number): Locator {
    return this.page.getByRole('button', { name: new RegExp(`, position ${place}(: hide it)?$`) });
  }

  /** A head of the grid, by its number; its name says what it looks at. */
  head(layer: number, head: number): Locator {
    return this.page.getByRole('button', { name: new RegExp(`^Layer ${layer}, head ${head}: `) });
  }

  /** A figure of the passage that was measured. */
  surprise(figure: string): Locator {
    return this.page
      .getByLabel('Surprise of the passage')
      .locator('.figure', { hasText: figure })
      .locator('.figure-number');
  }

  /** What the model would put behind a mask; the only one, or the one with this number. */
  async candidates(mask?: number): Promise<Candidate[]> {
    const name = mask === undefined ? 'Behind the mask' : `Mask ${mask}`;
    const section = this.page.getByRole('region', { name, exact: true });
    await expect(section).toBeVisible({ timeout: 60_000 });
    const texts = await section.getByRole('listitem').evaluateAll((items) =>
      items.map((item) => {
        const of = (part: string): string => item.querySelector(`.candidate-${part}`)?.textContent ?? '';
        return { word: of('word'), score: of('score'), id: of('id'), sequence: of('sequence') };
      }),
    );
    return texts.map(({ word, score, id, sequence }) => ({
      word,
      score: Number.parseFloat(score) / 100,
      id: Number(/\d+/.exec(id)?.[0]),
      sequence,
    }));
  }
}
