/** Nothing is lost: reloads, a full disk, two tabs, and the list of runs. */
import { expect, test } from '../fixtures.ts';
import { type StepTitle, Studio } from '../pages/studio.ts';
import { SHORT_SPLIT, SHORT_TEXT } from '../shortText.ts';

const SMALL = {
  ...SHORT_SPLIT,
  'tokenizer.vocabSize': 300,
  'pipeline.seqLength': 16,
  'model.hiddenSize': 32,
  'model.numAttentionHeads': 2,
  'model.intermediateSize': 64,
  'training.batchSize': 4,
  'training.warmupSteps': 2,
  'training.evalEvery': 0,
  'training.saveEvery': 1,
};
const NAME = 'Pasted text · custom';
const SAVED = /^Saved on this device at step/;

test.use({
  address: `./#data?${Object.entries(SMALL)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')}`,
});

/** Steps 1 to 4, and Start. */
async function startRun(studio: Studio, steps: number): Promise<void> {
  await studio.data.loadPasted(SHORT_TEXT);
  await studio.goTo('Tokenizer');
  await studio.tokenizer.train();
  await studio.next('Pipeline');
  await studio.next('Model');
  await studio.model.chooseDevice('wasm', 'WebAssembly');
  await studio.model.create();
  await studio.next('Train');
  await studio.train.stepsField.fill(String(steps));
  await studio.train.start();
}

test('a reload in any of the seven steps leaves the run to be opened, tested, renamed, exported and deleted', async ({
  studio,
  page,
}) => {
  await startRun(studio, 6);
  await studio.train.finish(120_000);
  // It is listed at once, and not only by the next visit.
  await studio.goTo('Data');
  await expect(studio.runs.row(NAME)).toContainText('6 steps · held-out loss');
  for (const step of ['Data', 'Tokenizer', 'Pipeline', 'Model', 'Train', 'Test', 'Export'] as StepTitle[]) {
    await studio.goTo(step);
    // The address follows a moment later.
    await expect(page).toHaveURL(new RegExp(`#${step.toLowerCase()}`));
    await page.reload();
    await expect(studio.heading(step)).toBeVisible();
    await studio.goTo('Data');
    await expect(studio.runs.row(NAME)).toContainText('6 steps · held-out loss');
  }
  await studio.runs.rename(NAME, '<img src=x onerror=alert(1)>');
  await studio.runs.press('<img src=x onerror=alert(1)>', 'Open');
  await expect(studio.heading('Train')).toBeVisible();
  await expect(page.getByText(/held-out loss [\d.]+ after 6 steps/)).toBeVisible();
  await studio.next('Test');
  await studio.test.type('Shall I compare <mask> to a summer');
  await studio.test.fill();
  expect(await studio.test.candidates()).toHaveLength(5);
  // A sentence that is too long is refused within sight, and the answer before does not stay as if it were this one's.
  await studio.test.type(`${'Shall I compare '.repeat(60)}<mask>`);
  await studio.test.fill();
  await expect(studio.alert).toBeInViewport();
  await expect(page.getByRole('region', { name: 'Predictions' })).toBeHidden();
  await studio.goTo('Data');
  await studio.runs.press('<img src=x onerror=alert(1)>', 'Export');
  await expect(studio.heading('Export')).toBeVisible();
  expect((await studio.export.listedFiles()).length).toBeGreaterThan(8);
  await studio.goTo('Data');
  await studio.runs.delete('<img src=x onerror=alert(1)>');
});

test('a run that was going on goes on after a reload', async ({ studio, page }) => {
  // More steps than can be made before the reload: it has to find the run under way.
  await startRun(studio, 1_000_000);
  await expect(page).toHaveTitle(/^Train \d+% · Folio$/);
  await expect(page.getByText(/^Saved on this device at step [1-9]/)).toBeVisible();
  await page.reload();
  // Where the person was, nothing is loaded any more: the page says where the run is.
  const offer = page.getByRole('status').filter({ hasText: /was saved at step [\d,]+ of 1,000,000/ });
  await expect(offer.getByRole('button', { name: 'Resume' })).toBeVisible();
  await studio.goTo('Data');
  await expect(studio.runs.row(NAME)).toContainText(/step [\d,]+ of 1,000,000/);
  await studio.runs.press(NAME, 'Resume');
  await expect(studio.train.pauseButton).toBeVisible();
  await studio.train.stopButton.click();
  await studio.train.finish(60_000);
});

test('a full disk stops the saving with a sentence, and not the run', async ({ studio, page, baseURL }) => {
  const session = await page.context().newCDPSession(page);
  const origin = new URL(baseURL ?? '').origin;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 200_000 });
  await startRun(studio, 60);
  const notice = page.getByText(/There is not enough space to save this run: it needs \d+ [kM]B/);
  await expect(notice).toBeVisible();
  await studio.train.finish(120_000);
  await expect(page.getByText(/held-out loss [\d.]+ after 60 steps/)).toBeVisible();
  await studio.goTo('Data');
  await expect(studio.runs.row(NAME)).toBeHidden();
  // With room again the next run is saved.
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await studio.goTo('Train');
  await studio.train.start();
  await studio.train.finish(120_000);
  await expect(page.getByText(SAVED)).toBeVisible();
});

test('a second tab looks on, and goes on once the first is closed', async ({ studio, page, context }) => {
  await startRun(studio, 1_000_000);
  await expect(page.getByText(SAVED)).toBeVisible();
  const second = await Studio.open(await context.newPage());
  await second.runs.press(NAME, 'Watch');
  await expect(second.page.getByText(/Another tab is training this run, and you are watching it/)).toBeVisible();
  const before = await second.train.step();
  await expect.poll(() => second.train.step()).toBeGreaterThan(before);
  await expect(second.train.pauseButton).toBeHidden();
  // While the run stands still both show the same step, and the same lines with the same values.
  await studio.train.pauseButton.click();
  await expect(studio.train.resumeButton).toBeVisible();
  await expect(async () => {
    const [own, watched] = [await studio.train.lossLines(), await second.train.lossLines()];
    expect(own.names.join()).toMatch(/held out.*neighbour counts.*random.*training.*unigram/);
    expect(watched).toEqual(own);
    expect(await second.train.step()).toBe(await studio.train.step());
  }).toPass();
  await page.close();
  await second.page.getByRole('button', { name: /^Resume from step/ }).click();
  await expect(second.train.pauseButton).toBeVisible();
  await second.train.stopButton.click();
  await second.train.finish(60_000);
});

test('absurd settings in a link are left out, with a sentence, and the others are taken', async ({ studio, page }) => {
  const link = './#train?training.learningRate=100&training.steps=-5&model.hiddenSize=1e99&evil=<script>&seed';
  const sentence = page.getByText(/^This link contains/);
  const words = 'training.learningRate=100, training.steps=-5, model.hiddenSize=1e99 and 2 more.';
  // Typed into the open page, where the address follows the settings a moment later; then opened anew.
  await page.goto(link);
  await expect(sentence).toContainText(words);
  await page.goto('about:blank');
  await page.goto(link);
  await expect(sentence).toContainText(words);
  await expect(studio.train.stepsField).not.toHaveValue('-5');
});
