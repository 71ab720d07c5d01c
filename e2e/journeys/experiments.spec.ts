/** Several runs over one setting, laid over each other, and the learning-rate range test. */
import { expect, test } from '../fixtures.ts';

test('a sweep trains one run a value and says which did best; the range test offers a rate', async ({
  studio,
  page,
}) => {
  test.setTimeout(480_000);
  await studio.goTo('Tokenizer');
  await studio.tokenizer.configure(300, 2);
  await studio.tokenizer.train();
  await studio.goTo('Pipeline');
  await studio.pipeline.showsBatch(64);
  await studio.goTo('Model');
  await studio.model.choosePreset('micro');
  await studio.model.chooseDevice('wasm', 'wasm');
  await studio.model.create();
  await studio.goTo('Train');
  await studio.train.configure({ steps: 30, learningRate: 0.003, warmupSteps: 3, evalEvery: 10, logEvery: 5 });

  await page.getByText('Which learning rate: a short test').click();
  await page.getByRole('button', { name: 'Test learning rates' }).click();
  await expect(page.getByText(/^The loss was lowest at/)).toBeVisible({ timeout: 120_000 });
  await expect(page.getByLabel('Loss over the learning rate')).toBeVisible();
  await page.getByRole('button', { name: /^Use 0\.\d+$/ }).click();
  await expect(page.getByLabel(/\(Learning rate\)$/)).not.toHaveValue('0.003');

  await page.getByText('Several runs: which setting does best').click();
  const start = page.getByRole('button', { name: /^Start (the|\d) runs$/ });
  await expect(start).toBeDisabled();
  await page.getByLabel(/^To which values/).fill('0.00001, 7');
  await expect(page.getByText('Learning rate can be from 0 to 1.')).toBeVisible();
  await page.getByLabel(/^To which values/).fill('0.00001, 0.01');
  await page.getByRole('button', { name: 'Start 2 runs' }).click();
  await expect(page.getByText(/^Run 1 of 2: Learning rate/)).toBeVisible();
  const table = page.getByRole('table');
  await expect(table.getByRole('row')).toHaveCount(3, { timeout: 240_000 });
  await studio.train.finish(240_000);
  // The better one by far, and what differs: the one setting.
  await expect(page.getByText(/^Run 2, micro has the lowest held-out loss/)).toBeVisible();
  await expect(table.getByRole('columnheader', { name: 'Learning rate' })).toBeVisible();
  await expect(
    table.getByRole('cell', { name: '0.00001' }).or(table.getByRole('cell', { name: '1e-5' })),
  ).toBeVisible();
  const chart = page.getByLabel('Loss over the steps');
  await expect(chart.getByText(/^Run 1/)).toBeVisible();
  await table.getByRole('checkbox').first().uncheck();
  await expect(chart.getByText(/^Run 1/)).toBeHidden();
  // The lines that a loss is read against, named at their right ends.
  await expect(chart.getByText(/^neighbours/)).toBeVisible();
  await expect(chart.getByText(/^unigram/)).toBeVisible();
});
