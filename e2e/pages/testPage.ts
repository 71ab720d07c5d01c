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
