/** Step 6: masked sentences. */
import { Buffer } from 'node:buffer';
import { expect, type Locator, type Page } from '@playwright/test';

export interface Candidate {
  readonly word: string;
  /** 0 to 1. */
  readonly score: number;
  /** Of a piece its token's id, of a word its number of tokens. */
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

  /** Answers anew in whole words, or as the libraries do. */
  async answerIn(unit: 'Words' | 'Tokens'): Promise<void> {
    await this.page.getByRole('radio', { name: unit, exact: true }).check();
    await expect(
      this.page.getByText(unit === 'Words' ? /^Probability among all sequences/ : /Probability of the token/),
    ).toBeVisible();
  }

  /** Asks for words. @returns the cells of each row: word, probability, tokens, rank */
  async compare(words: string): Promise<string[][]> {
    await this.page.getByRole('textbox', { name: 'Words', exact: true }).fill(words);
    await this.page.getByRole('button', { name: 'Compare', exact: true }).click();
    const rows = this.page.getByRole('region', { name: 'Compared words' }).getByRole('row');
    await expect(rows).toHaveCount(words.split(',').length + 1);
    const cells = await Promise.all((await rows.all()).map((row) => row.locator('th, td').allInnerTexts()));
    return cells.slice(1);
  }

  /** Chooses a file of items in the view "Score a file". */
  async scoreFile(name: string, content: string): Promise<void> {
    const file = { name, mimeType: 'text/plain', buffer: Buffer.from(content) };
    await this.page.getByLabel('File of items', { exact: true }).setInputFiles(file);
  }

  /** The result of a file. */
  scored(name: string): Locator {
    return this.page.getByRole('region', { name: `Result of ${name}` });
  }

  /** Opens one of the views of the step. */
  async open(view: 'Fill in' | 'Attention' | 'Layers' | 'Surprisal' | 'Vocabulary' | 'Score a file'): Promise<void> {
    await this.page.getByRole('tab', { name: view, exact: true }).click();
  }

  /** The button of a token in the view that is open, by its position; pressing it hides the token. */
  token(place: number): Locator {
    return this.page.getByRole('button', { name: new RegExp(`, position ${place}(: mask it)?$`) });
  }

  /** A head of the grid, by its number; its name says what it looks at. */
  head(layer: number, head: number): Locator {
    return this.page.getByRole('button', { name: new RegExp(`^Layer ${layer}, head ${head}: `) });
  }

  /** A figure of the passage that was measured. */
  surprise(figure: string): Locator {
    return this.page
      .getByLabel('Surprisal of the passage')
      .locator('.figure', { hasText: figure })
      .locator('.figure-number');
  }

  /** What the model would put behind a mask; the only one, or the one with this number. */
  async candidates(mask?: number): Promise<Candidate[]> {
    const name = mask === undefined ? 'Predictions' : `Mask ${mask}`;
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
