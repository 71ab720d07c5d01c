/** The bundle: written, verified in the page by other libraries, opened again, trained further, exported again. */
import { Buffer } from 'node:buffer';
import { checkBundle, unpackBundle } from '../bundle.ts';
import { expect, test } from '../fixtures.ts';
import type { Studio } from '../pages/studio.ts';
import { SHORT_SPLIT, SHORT_TEXT } from '../shortText.ts';

/** The sizes of micro. */
const SETTINGS = {
  ...SHORT_SPLIT,
  'tokenizer.vocabSize': '300',
  'training.evalEvery': '0',
  'training.steps': '40',
  'training.warmupSteps': '4',
  'training.learningRate': '0.01',
  'training.batchSize': '8',
  'pipeline.seqLength': '32',
  'model.maxPositionEmbeddings': '34',
  'model.hiddenSize': '32',
  'model.numAttentionHeads': '2',
  'model.intermediateSize': '128',
};
const LINE = 'My love compares <mask> to a day';

test.use({
  address: `./#data?${Object.entries(SETTINGS)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')}`,
});

async function trainSmall(studio: Studio): Promise<void> {
  await studio.data.loadPasted(SHORT_TEXT);
  await studio.goTo('Tokenizer');
  await studio.tokenizer.train();
  await studio.next('Pipeline');
  await studio.pipeline.showsBatch(32);
  await studio.next('Model');
  await studio.model.create();
  await studio.next('Train');
  await studio.train.start();
  await studio.train.finish(120_000);
}

async function ask(studio: Studio): Promise<{ word: string; score: number }[]> {
  await studio.goTo('Test');
  await studio.test.type(LINE);
  await studio.test.fill();
  return (await studio.test.candidates()).map(({ word, score }) => ({ word, score }));
}

test('what was written is verified in a worker of its own, opened again, trained further and exported again', async ({
  studio,
  page,
}) => {
  const workers: string[] = [];
  page.on('worker', (worker) => workers.push(worker.url()));
  await trainSmall(studio);
  const before = await ask(studio);

  await studio.goTo('Export');
  await studio.export.addOnnx('Int8');
  const first = await studio.export.download();
  expect(workers.filter((url) => url.includes('verifyWorker'))).toEqual([]);
  expect(await studio.export.verify()).toMatch(/^They agree/);
  expect(Number(await studio.export.found('Transformers.js'))).toBeLessThan(1e-4);
  expect(await studio.export.found('Same top prediction')).toMatch(/^(\d+) of \1$/);
  expect(await studio.export.found('Opened again')).toBe('0');
  expect(await studio.export.found('Weights')).toBe('equal');
  expect(workers.filter((url) => url.includes('verifyWorker'))).toHaveLength(1);

  // From an empty page: only the zip knows the model. The text is there to train further on.
  await page.reload();
  await studio.goTo('Data');
  await studio.data.isLoaded('Shakespeare’s sonnets');
  await studio.data.loadPasted(SHORT_TEXT);
  await studio.data.openZip({ name: first.name, mimeType: 'application/zip', buffer: Buffer.from(first.bytes) });
  await studio.data.hasOpened('my-bert.zip');
  expect(await ask(studio)).toEqual(before);
  await studio.goTo('Export');
  await studio.export.addOnnx('Int8');
  const second = unpackBundle((await studio.export.download()).bytes);
  const original = unpackBundle(first.bytes);
  for (const [name, bytes] of original) {
    expect(Buffer.compare(second.get(name) ?? Buffer.alloc(0), bytes), name).toBe(0);
  }

  await studio.goTo('Train');
  const furtherButton = page.getByRole('button', { name: 'Train further' });
  await studio.train.start(furtherButton);
  await expect(furtherButton).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText(/^Saved on this device at step 40/)).toBeVisible();
  await studio.goTo('Export');
  const further = unpackBundle((await studio.export.download()).bytes);
  const [started, ended] = [checkBundle(original), checkBundle(further)];
  const [firstLosses, furtherLosses] = [[...started.heldOutLosses.values()], [...ended.heldOutLosses.values()]];
  const [fresh, trained, goneOn] = [firstLosses[0] ?? 0, firstLosses.at(-1) ?? 0, furtherLosses[0] ?? 0];
  // It goes on from where the first run ended, and not from fresh weights; the first look of a run takes fewer draws of masks
  // than the last one, so the two differ by chance.
  expect(fresh - trained).toBeGreaterThan(0.5);
  expect(Math.abs(goneOn - trained)).toBeLessThan(0.3 * (fresh - trained));
  expect(new TextDecoder().decode(further.get('README.md'))).toContain('trained further');
});

test('a folder that the browser writes is the same bundle, and is verified as well', async ({ studio, page }) => {
  // The dialog can't be clicked here: a folder of the browser's own stands for the chosen one. All the rest is real.
  await page.evaluate(() => {
    Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
  });
  await trainSmall(studio);
  await studio.goTo('Export');
  await studio.export.addOnnx('Float16');
  await studio.export.saveFolder();
  expect(await studio.export.verify()).toMatch(/^They agree/);
  const files = await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('my-bert');
    const found: [string, number[]][] = [];
    const walk = async (at: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
      for await (const [name, handle] of at.entries()) {
        if (handle instanceof FileSystemDirectoryHandle) await walk(handle, `${prefix}${name}/`);
        else if (handle instanceof FileSystemFileHandle) {
          const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
          found.push([prefix + name, [...bytes]]);
        }
      }
    };
    await walk(folder, '');
    return found;
  });
  const facts = checkBundle(new Map(files.map(([name, bytes]) => [name, Uint8Array.from(bytes)])));
  expect(facts).toMatchObject({ vocabSize: 300, steps: 40 });
});

test('what is no model is refused with a sentence, and what was there stays', async ({ studio }) => {
  await studio.data.openZip({ name: 'notes.zip', mimeType: 'application/zip', buffer: Buffer.from('not a zip') });
  await expect(studio.alert).toContainText('notes.zip is neither a zip nor a tar');
  // A browser reports a choice only where it differs from the one before.
  await expect(studio.data.zipField).toHaveValue('');
  await studio.data.isLoaded('Shakespeare’s sonnets');
  await studio.data.openFolder('test/golden/tokenizer/hf_sonnets_1000_mf2');
  await expect(studio.alert).toContainText('hf_sonnets_1000_mf2: config.json is missing.');
});
