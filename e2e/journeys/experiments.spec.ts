/** Several runs over one setting, laid over each other, and the learning-rate range test. */
import { expect, test } from '../fixtures.ts';
import { field } from '../pages/fields.ts';
import type { Studio } from '../pages/studio.ts';

/** One step is read in all charts; a stretch is seen larger, and everything again. */
async function readAndZoom({ page, train }: Studio): Promise<void> {
  const loss = train.reader('Loss by step');
  // The small charts follow what is read from when they are drawn.
  await expect(train.reader('Gradient norm')).toBeVisible();
  await loss.focus();
  // The first step that a line has, and from there reading by reading.
  const spoken = train.chart('Loss by step').getByRole('status');
  await expect(spoken).toHaveText(/^step 0: training [\d.]+, smoothed [\d.]+, .*held out [\d.]+$/);
  await page.keyboard.press('ArrowRight');
  await expect(spoken).toHaveText(/^step 1: training [\d.]+, smoothed [\d.]+, .*held out [\d.]+ at step 0$/);
  // A chart that is just being drawn follows from the next reading on.
  await expect(async () => {
    for (const key of ['ArrowLeft', 'ArrowRight']) await page.keyboard.press(key);
    await expect(train.chart('Gradient norm').locator('.recharts-tooltip-cursor')).toBeAttached({ timeout: 2000 });
  }).toPass();
  const all = page.getByRole('button', { name: 'All steps' });
  await expect(all).toBeHidden();
  // All 30 steps are named by tens in a small chart, too; the half of them that is dragged over ends before the last.
  const last = train.chart('Training accuracy').getByText('30', { exact: true });
  await expect(last).toBeVisible();
  await train.dragOver('Loss by step', 0.25, 0.6);
  await expect(all).toBeVisible();
  await expect(last).toBeHidden();
  await loss.focus();
  await page.keyboard.press('0');
  await expect(all).toBeHidden();
  await expect(last).toBeVisible();
  // The wheel is the page's until the chart has the focus.
  for (const closer of [() => page.mouse.wheel(0, -600), () => train.pinch('Loss by step')]) {
    await loss.hover();
    await closer();
    await expect(all).toBeVisible();
    await all.click();
    await expect(all).toBeHidden();
    await loss.focus();
  }
  await page.getByText('The curves as a table').click();
  const rows = page.getByRole('region', { name: 'The curves as a table' }).getByRole('row');
  // Looks at steps 0, 10, 20 and 30, under a heading.
  await expect(rows).toHaveCount(5);
  const verses = page.getByRole('region', { name: 'Lines being filled in' });
  await verses.getByText('Predictions since step 0').click();
  await expect(verses.getByRole('columnheader', { name: 'step 0' }).first()).toBeVisible();
  await expect(verses.getByRole('columnheader', { name: 'now, 30' }).first()).toBeVisible();
}

/** Figures, pictures and a report to keep. */
async function takeAlong({ page, train }: Studio): Promise<void> {
  const csv = await train.save('CSV');
  // Steps 0 to 29, the last look at step 30, and the heading.
  expect(csv.text.trimEnd().split('\n')).toHaveLength(32);
  expect((await train.save('SVG')).text).toMatch(/^<svg xmlns[\s\S]*held out[\s\S]*<\/svg>\n$/);
  const png = await train.save('PNG');
  expect(png.name).toBe('the-better-one.png');
  expect(png.text.slice(1, 4)).toBe('PNG');
  const report = await train.save('Save a report');
  const opened = await page.context().newPage();
  await opened.setViewportSize({ width: 390, height: 844 });
  await opened.setContent(Buffer.from(report.text, 'latin1').toString('utf8'));
  await expect(opened.getByRole('heading', { name: 'The better one' })).toBeVisible();
  await expect(opened.getByRole('img', { name: /^Loss by step: training from/ })).toBeVisible();
  await expect(opened.getByRole('rowheader', { name: 'Learning rate (training.learningRate)' })).toBeVisible();
  // On a phone it is as wide as the window, and says no value as the code spells it.
  expect(await opened.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await expect(opened.getByText(/\b(wasm|bert)\b/)).toHaveCount(0);
  await opened.close();
  const advice = page.getByRole('region', { name: 'What to try next' });
  await advice.getByRole('button').first().click();
  await expect(advice.getByText('It is set for the next run.').first()).toBeVisible();
}

test('a sweep trains one run a value and says which did best; the range test offers a rate', async ({
  studio,
  page,
}) => {
  await studio.goTo('Tokenizer');
  await studio.tokenizer.configure(300, 2);
  await studio.tokenizer.train();
  await studio.goTo('Pipeline');
  await studio.pipeline.showsBatch(64);
  await studio.goTo('Model');
  await studio.model.choosePreset('micro');
  await studio.model.chooseDevice('wasm', 'WebAssembly');
  await studio.model.create();
  await studio.goTo('Train');
  await studio.train.configure({ steps: 30, learningRate: 0.003, warmupSteps: 3, evalEvery: 10, logEvery: 5 });

  await page.getByText('Learning-rate range test').click();
  await page.getByRole('button', { name: 'Test learning rates' }).click();
  await expect(page.getByText(/^The loss starts to rise at/)).toBeVisible({ timeout: 120_000 });
  await expect(studio.train.chart('Loss against learning rate')).toBeVisible();
  // A rate that was tried, unless the loss of so small a model fell at none of them.
  const use = page.getByRole('button', { name: /^Use 0\.\d+$/ });
  await expect(use.or(page.getByText(/none is recommended|Recommended: 0\.003\.$/))).toBeVisible();
  if (await use.isVisible()) {
    await use.click();
    await expect(field(page, 'Learning rate')).not.toHaveValue('0.003');
  }

  await page.getByText('Sweep: several values of a setting').click();
  const start = page.getByRole('button', { name: /^Start (the|\d) runs$/ });
  await expect(start).toBeDisabled();
  await field(page, 'Values').fill('0.00001, 70');
  await expect(page.getByText('Learning rate must be from 0 to 10.')).toBeVisible();
  await field(page, 'Values').fill('0.00001, 0.01');
  await page.getByRole('button', { name: 'Start 2 runs' }).click();
  await expect(page.getByText(/^Run 1 of 2: Learning rate/)).toBeVisible();
  await page.getByRole('tab', { name: 'Compare runs' }).click();
  const table = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: 'In the chart' }) });
  await expect(table.getByRole('row')).toHaveCount(3, { timeout: 240_000 });
  await studio.train.finish(240_000);
  // The better one by far, and what differs: the one setting.
  await expect(page.getByText(/ · lr 0\.01 has the lowest held-out loss/)).toBeVisible();
  await expect(table.getByRole('columnheader', { name: 'Learning rate' })).toBeVisible();
  await expect(
    table.getByRole('cell', { name: '0.00001' }).or(table.getByRole('cell', { name: '1e-5' })),
  ).toBeVisible();
  const chart = studio.train.chart('Loss by step');
  await expect(chart.getByText(/^lr 0\.00001|^lr 1e-5/)).toBeVisible();
  await table.getByRole('checkbox').first().uncheck();
  await expect(chart.getByText(/^lr 0\.00001|^lr 1e-5/)).toBeHidden();
  // The other way round, and under a name of the person's own.
  await table.getByRole('button', { name: 'Held-out loss' }).click();
  await expect(table.getByRole('columnheader', { name: 'Held-out loss' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(table.getByRole('rowheader').first()).toContainText('lr 0.01');
  await table
    .getByRole('button', { name: /^Rename/ })
    .first()
    .click();
  await page.getByRole('textbox', { name: 'Name of the run' }).fill('The better one');
  await page.keyboard.press('Enter');
  await expect(table.getByRole('rowheader').first()).toContainText('The better one');
  await page.getByRole('tab', { name: 'Metrics' }).click();
  // The lines that a loss is read against, named at their right ends.
  await expect(chart.getByText(/^neighbour counts/)).toBeVisible();
  await expect(chart.getByText(/^unigram/)).toBeVisible();
  await readAndZoom(studio);
  await takeAlong(studio);
});
