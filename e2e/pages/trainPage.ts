/** Step 5: the run. */
import { expect, type Locator, type Page } from '@playwright/test';
import { field, figure, fillField, numberIn } from './fields.ts';

export interface TrainSettings {
  readonly steps: number;
  readonly batchSize?: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly evalEvery: number;
  readonly logEvery: number;
}

export class TrainPage {
  readonly startButton: Locator;
  readonly pauseButton: Locator;
  readonly resumeButton: Locator;
  readonly stopButton: Locator;
  readonly stepsField: Locator;
  readonly progress: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.startButton = page.getByRole('button', { name: 'Start training' });
    this.pauseButton = page.getByRole('button', { name: 'Pause', exact: true });
    this.resumeButton = page.getByRole('button', { name: 'Resume', exact: true });
    this.stopButton = page.getByRole('button', { name: 'Stop', exact: true });
    this.stepsField = field(page, 'Steps');
    this.progress = page.getByRole('progressbar');
  }

  async configure(settings: TrainSettings): Promise<void> {
    await fillField(this.page, 'Steps', settings.steps);
    if (settings.batchSize !== undefined) await fillField(this.page, 'Batch size', settings.batchSize);
    await fillField(this.page, 'Learning rate', settings.learningRate);
    await fillField(this.page, 'Evaluation interval', settings.evalEvery);
    // The rest is behind "More".
    if (!(await field(this.page, 'Log refresh interval').isVisible()))
      await this.page.getByText(/^More: warm-up/).click();
    await fillField(this.page, 'Warm-up steps', settings.warmupSteps);
    await fillField(this.page, 'Log refresh interval', settings.logEvery);
  }

  /** Presses Start, or another button that starts a run, and waits until one is under way. */
  async start(button = this.startButton): Promise<void> {
    // Watched for, and not looked for now and then: a small run may be over before the second look.
    const begun = this.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const observer = new MutationObserver(() => {
            const stop = [...document.querySelectorAll('button')].some((one) => one.innerText === 'Stop');
            if (!stop) return;
            observer.disconnect();
            resolve();
          });
          observer.observe(document.body, { childList: true, subtree: true });
        }),
    );
    await button.click();
    await begun;
  }

  /** Waits until the run has ended by itself. */
  async finish(timeoutMs: number): Promise<void> {
    await expect(this.startButton).toBeVisible({ timeout: timeoutMs });
    await expect(this.progress).toBeHidden();
  }

  /** The step of the run under way, from its progress line. */
  async step(): Promise<number> {
    const line = await this.page.getByText(/^step [\d,]+ of/).innerText();
    return numberIn(line);
  }

  /** A figure of the run, such as "Held-out loss". */
  figure(name: string): Locator {
    return figure(this.page, 'The run in figures', name);
  }

  /** A chart, by its title. */
  chart(title: string): Locator {
    return this.page.getByRole('region', { name: title, exact: true });
  }

  /** The loss chart's names with their values, in the order of the alphabet, and how many lines it draws. */
  async lossLines(): Promise<{ readonly names: string[]; readonly drawn: number }> {
    const chart = this.chart('Loss by step');
    const names = await chart.locator('.chart-end').allTextContents();
    return { names: names.sort(), drawn: await chart.locator('.recharts-line').count() };
  }

  /** What takes a chart's pointer and keys. */
  reader(title: string): Locator {
    return this.page.getByRole('application', { name: new RegExp(`^${title}; use the arrow keys`) });
  }

  /** Drags over a part of a chart, from one share of its width to another. */
  async dragOver(title: string, from: number, to: number): Promise<void> {
    const box = await this.reader(title).boundingBox();
    if (box === null) throw new Error(`${title} is not drawn`);
    const height = box.y + box.height / 2;
    await this.page.mouse.move(box.x + from * box.width, height);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + to * box.width, height, { steps: 4 });
    await this.page.mouse.up();
  }

  /** Two fingers on a chart, moved apart. */
  async pinch(title: string): Promise<void> {
    const box = await this.reader(title).boundingBox();
    if (box === null) throw new Error(`${title} is not drawn`);
    const { x, width } = box;
    const y = box.y + box.height / 2;
    const fingers = (apart: number) => [0.5 - apart, 0.5 + apart].map((share, id) => ({ x: x + share * width, y, id }));
    const client = await this.page.context().newCDPSession(this.page);
    await client.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 2 });
    await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(0.1) });
    await client.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(0.25) });
    await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await client.send('Emulation.setTouchEmulationEnabled', { enabled: false });
    await client.detach();
  }

  /** Presses a button that saves a file. @returns its name and its text */
  async save(button: string): Promise<{ name: string; text: string }> {
    const waiting = this.page.waitForEvent('download');
    await this.page.getByRole('button', { name: button, exact: true }).click();
    const download = await waiting;
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    return { name: download.suggestedFilename(), text: Buffer.concat(chunks).toString('latin1') };
  }

  async figureNumber(name: string): Promise<number> {
    return numberIn(await this.figure(name).innerText());
  }
}
