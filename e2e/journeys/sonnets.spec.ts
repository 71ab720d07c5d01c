/** From the first page through all seven steps with the sonnets, by clicks alone; ownText.spec.ts does so on WebGPU. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { METRICS } from '../../src/core/metrics.ts';
import { checkBundle, unpackBundle } from '../bundle.ts';
import { expectOneName, figuresInSight } from '../figuresInSight.ts';
import { expect, test } from '../fixtures.ts';
import type { Studio } from '../pages/studio.ts';

/** Small, but large enough to learn something. */
const VOCAB_SIZE = 400;
const RUN = { steps: 500, batchSize: 8, warmupSteps: 30, evalEvery: 100, logEvery: 10 };
const [LOSS, TRAINING_LOSS] = [METRICS.heldOut.loss.name, METRICS.train.loss.name];
const WORDS = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;
const LINE = 'Shall I compare thee to a summer’s day? 😀';

/** Steps 1 to 4. @returns the ids that the page gives `LINE`. */
async function prepare(studio: Studio): Promise<number[]> {
  expect(await studio.data.count('Sonnets')).toBe(154);
  await studio.goTo('Tokenizer');
  await studio.tokenizer.configure(VOCAB_SIZE, 2);
  expect(await studio.tokenizer.train()).toBe(VOCAB_SIZE);
  expect((await studio.tokenizer.search('thou')).length).toBeGreaterThan(0);
  await headersSay(studio, ['ID', 'Token', 'As text', 'Count']);
  const ids = await studio.tokenizer.encode(LINE);
  await studio.next('Pipeline');
  await studio.pipeline.setSequenceLength(32);
  await studio.pipeline.showsBatch(32);
  expect(await studio.pipeline.readFirstCell()).toContain('input ID 0 <s>');
  await headersSay(studio, ['Kind', 'Positions', 'Share']);
  await studio.pipeline.nextBatchButton.click();
  await studio.next('Model');
  await studio.model.choosePreset('micro');
  await studio.model.chooseDevice('wasm', 'WebAssembly');
  await studio.model.create();
  return ids;
}

/** The one table of the page tells columns and rows apart for who does not see it. */
async function headersSay({ page }: Studio, columns: readonly string[]): Promise<void> {
  const table = page.getByRole('table');
  await expect(table.locator('th[scope="col"]')).toHaveText([...columns]);
  await expect(table.locator('tbody tr > :first-child:not(th[scope="row"])')).toHaveCount(0);
}

/** Masks answered in words and in pieces, words compared, and masks filled one after another. */
async function askInWords({ test: asked, page }: Studio): Promise<void> {
  const sonnets = new Set(readFileSync('public/data/sonnets.txt', 'utf8').match(WORDS));
  // Masks as other tools write them.
  await asked.type('Shall I compare thee to a [MASK] day');
  await expect(asked.sentence).toHaveValue('Shall I compare thee to a <mask> day');
  await asked.maskWord('thee');
  await asked.fill();
  const words = [await asked.candidates(1), await asked.candidates(2)];
  const [first] = words[1] ?? [];
  expect(await asked.compare(`${first?.word}, unlikelihoods`)).toEqual([
    [first?.word, expect.stringMatching(/%$/), expect.stringMatching(/^[1-5]$/), expect.stringMatching(/^\d+$/)],
    ['unlikelihoods', expect.stringMatching(/10⁻|%$/), expect.stringMatching(/^\d+$/), 'below rank 50'],
  ]);
  await asked.answerIn('Tokens');
  const pieces = [await asked.candidates(1), await asked.candidates(2)];
  for (const candidates of [...words, ...pieces]) {
    expect(candidates).toHaveLength(5);
    const scores = candidates.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    for (const { sequence } of candidates) expect(sequence).toContain('compare');
  }
  for (const { word } of words.flat()) expect(sonnets).toContain(word);
  for (const [best] of pieces) {
    expect(best?.score).toBeGreaterThan(1 / VOCAB_SIZE);
    // No special token.
    expect(best?.id).toBeGreaterThan(4);
  }
  await asked.answerIn('Words');
  // What a person hid is what the answers are read against.
  await expect(page.getByText(/^Original: thee, (rank \d+|below rank 50), /)).toBeVisible();
  await page.getByRole('button', { name: 'Fill one at a time' }).click();
  await expect(asked.sentence).toHaveValue(/^Shall I compare [\p{L}’']+ to a [\p{L}’']+ day$/u);
  await page.getByRole('button', { name: 'Put the masks back' }).click();
  await expect(asked.sentence).toHaveValue('Shall I compare <mask> to a <mask> day');
}

/** A file of items: how many are right, saved as CSV; and one that is refused takes its place. */
async function scoreItems({ test: asked, page }: Studio): Promise<void> {
  await asked.open('Score a file');
  await asked.scoreFile('items.csv', 'text,word\n"Shall I, <mask>?",unlikelihoods\nMy <mask> is fair,zebra\n');
  const result = asked.scored('items.csv');
  await expect(result).toContainText('0.0%');
  await expect(result).toContainText('95% confidence interval: 0.0% to 65.8%');
  await expect(result.getByRole('row')).toHaveCount(3);
  const download = page.waitForEvent('download');
  await result.getByRole('button', { name: 'Save as CSV' }).click();
  const csv = readFileSync(await (await download).path(), 'utf8').split('\n');
  expect(csv[0]).toBe('line,correct,score,alternative_score,prediction,text,word');
  expect(csv[2]).toMatch(/^3,false,.*,My <mask> is fair,zebra$/);
  await asked.scoreFile('bad.jsonl', '{"good":"a","bad":"b"}\n{"good":\n');
  await expect(page.getByRole('alert')).toContainText('Line 2 is not JSON.');
  await expect(result).toBeHidden();
}

/** Attention, layers, surprise and vocabulary of the model that was just trained. */
async function lookInside({ test: views, train, page }: Studio): Promise<void> {
  await views.open('Attention');
  await views.type('Shall I compare thee to a summer’s day');
  // The sentence before is shown until this one was read.
  await expect(page.getByRole('figure')).toContainText('▯', { timeout: 60_000 });
  await expect(views.head(2, 2)).toBeVisible();
  await views.head(2, 1).click();
  await expect(page.getByRole('figure')).toContainText('Layer 2, head 1');
  await views.token(3).click();
  await expect(page.getByRole('radio', { name: 'Change due to masking' })).toBeChecked();
  await expect(page.getByRole('figure')).toContainText('of the attention moved');
  await page.getByText('Before training', { exact: true }).click();
  await expect(page.getByRole('figure')).toContainText('Layer 2, head 1 attends');
  // A view is kept as a picture and as figures.
  expect((await train.save('Save as SVG')).text).toMatch(/^<svg xmlns[\s\S]*<\/svg>\n$/);
  await page.getByText(/^The largest (weights|changes) as a table$/).click();
  expect((await train.save('Save as CSV')).text.split('\n')[0]).toMatch(/^"?Position"?,"?Token"?,/);
  await views.open('Layers');
  // The token is still masked: the readout is about it.
  await expect(page.getByRole('region', { name: 'At the chosen token' })).toContainText('masked, after layer 2');
  await views.open('Surprisal');
  await page.getByLabel('Passage').fill('Shall I compare thee to a summer’s day?');
  await page.getByRole('button', { name: 'Measure surprisal' }).click();
  await expect(page.getByRole('button', { name: 'Measure surprisal' })).toBeVisible({ timeout: 60_000 });
  const perplexity = Number(await views.surprise('Pseudo-perplexity').textContent());
  expect(perplexity).toBeGreaterThan(1);
  expect(perplexity).toBeLessThan(VOCAB_SIZE);
  await views.open('Vocabulary');
  await page.getByLabel('Search the map').fill('thou');
  await page.getByRole('button', { name: 'thou', exact: true }).first().click();
  await expect(page.getByRole('region', { name: 'Nearest neighbours of “thou”' }).getByRole('listitem')).toHaveCount(
    10,
  );
  expect((await train.save('Save as SVG')).text).toContain('>thou</text>');
}

/** Writes down which notifications are shown, by the page itself or by its service worker; they are shown all the same. */
async function watchNotices(page: Page): Promise<void> {
  await page.evaluate(() => {
    const told: string[] = [];
    const note = (title: string, options?: NotificationOptions): unknown => told.push(`${title}: ${options?.body}`);
    const Real = Notification;
    class Watched extends Real {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        note(title, options);
      }
    }
    const { showNotification } = ServiceWorkerRegistration.prototype;
    ServiceWorkerRegistration.prototype.showNotification = function (title, options) {
      note(title, options);
      return showNotification.call(this, title, options);
    };
    Object.assign(window, { Notification: Watched, told });
  });
}

test('all seven steps with the sonnets', async ({ studio, page }) => {
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const ids = await prepare(studio);
  const parameters = await studio.model.parameters();

  await studio.next('Train');
  await page.context().grantPermissions(['notifications']);
  await studio.train.configure({ ...RUN, learningRate: 0.01 });
  await studio.train.start();
  await expect(studio.train.figure('Held-out loss')).toContainText(/at step [1-3]00/, { timeout: 120_000 });
  await studio.train.pauseButton.click();
  await expect(studio.train.resumeButton).toBeVisible();
  const atPause = await figuresInSight(page, [
    LOSS,
    TRAINING_LOSS,
    'Mean training loss',
    'unigram',
    'neighbour counts',
  ]);
  await watchNotices(page);
  await page.getByRole('button', { name: 'Notify me when it ends' }).click();
  await studio.train.resumeButton.click();
  await studio.train.finish(240_000);
  const told = await page.evaluate(() => (window as unknown as { told: string[] }).told);
  expect(told).toEqual([expect.stringMatching(/^Training has finished: 500 steps, held-out loss \d\.\d\d$/)]);
  await expect(page.getByLabel('Final evaluation').getByText('Held-out loss')).toBeVisible();
  expectOneName([atPause, await figuresInSight(page, [LOSS, TRAINING_LOSS, METRICS.heldOut.top1.name])]);

  await studio.next('Test');
  await askInWords(studio);
  await scoreItems(studio);
  await lookInside(studio);
  await studio.goTo('Export');
  const listed = await studio.export.listedFiles();
  const { bytes, name } = await studio.export.download();
  expect(name).toMatch(/\.zip$/);
  const bundle = unpackBundle(bytes);
  expect([...bundle.keys()].sort()).toEqual([...listed].sort());
  const facts = checkBundle(bundle);
  expect(facts).toMatchObject({ vocabSize: VOCAB_SIZE, parameters, steps: 500, learningRate: 0.01 });
  expect([...facts.heldOutLosses.keys()]).toEqual([0, 100, 200, 300, 400, 500]);
  const fall = (facts.heldOutLosses.get(0) ?? 0) - (facts.heldOutLosses.get(500) ?? 0);
  expect(fall).toBeGreaterThanOrEqual(0.5);
  expect(facts.encode(LINE)).toEqual(ids);
});

test('with a learning rate of 0 the held-out loss does not fall', async ({ studio }) => {
  await prepare(studio);
  await studio.next('Train');
  await studio.train.configure({ ...RUN, steps: 3, warmupSteps: 3, learningRate: 0, evalEvery: 0 });
  await studio.train.start();
  await studio.train.finish(300_000);
  await studio.goTo('Export');
  const { heldOutLosses } = checkBundle(unpackBundle((await studio.export.download()).bytes));
  const [before, after] = [heldOutLosses.get(0), heldOutLosses.get(3)];
  expect(before).toBeGreaterThan(5);
  // The last measurement takes more draws of masks than the first, so the two differ by chance alone.
  expect(Math.abs((before ?? 0) - (after ?? 0))).toBeLessThan(0.05);
});
