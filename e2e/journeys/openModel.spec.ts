/** Models from elsewhere: what is refused, what is offered instead, and a tokenizer that changes its text, up to Verify. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { expect, test } from '../fixtures.ts';

const GOLDEN = new URL('../../test/golden/tiny-roberta/', import.meta.url);
type Files = Record<string, Uint8Array>;

const golden = (): Files =>
  Object.fromEntries(readdirSync(GOLDEN).map((name) => [name, new Uint8Array(readFileSync(new URL(name, GOLDEN)))]));

const zipOf = (name: string, files: Files) => ({
  name,
  mimeType: 'application/zip',
  buffer: Buffer.from(zipSync(files)),
});

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The weights without those of the head, as a safetensors file. */
function encoderOf(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__, ...entries } = JSON.parse(bytes.subarray(8, start).toString());
  const kept = Object.entries(entries as Record<string, Entry>).filter(([name]) => name.startsWith('roberta.'));
  let end = 0;
  const header = kept.map(
    ([
      name,
      {
        data_offsets: [from, to],
        ...entry
      },
    ]) => {
      const offsets = [end, end + to - from];
      end += to - from;
      return [name, { ...entry, data_offsets: offsets }];
    },
  );
  const json = Buffer.from(JSON.stringify({ __metadata__, ...Object.fromEntries(header) }));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  const data = kept.map(
    ([
      ,
      {
        data_offsets: [from, to],
      },
    ]) => bytes.subarray(start + from, start + to),
  );
  return Buffer.concat([size, json, ...data]);
}

function withChecksums(files: Files): Files {
  const lines = Object.entries(files).map(
    ([path, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${path}\n`,
  );
  return { ...files, 'checksums.txt': Buffer.from(lines.join('')) };
}

test('a refusal stands beside the buttons, with what opens the model all the same', async ({ studio, page }) => {
  await studio.data.isLoaded('Shakespeare’s sonnets');
  const section = page.locator('section', { has: page.getByRole('heading', { name: 'Open a model' }) }).last();
  const files = golden();

  const pointer = Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n');
  await studio.data.openZip(zipOf('clone.zip', { ...files, 'model.safetensors': pointer }));
  await expect(section.getByRole('alert')).toContainText('model.safetensors is a Git LFS pointer');

  const encoder = encoderOf(files['model.safetensors'] ?? new Uint8Array());
  await studio.data.openZip(zipOf('encoder.zip', { ...files, 'model.safetensors': encoder }));
  await expect(section.getByRole('alert')).toContainText('an encoder without a masked-LM head');
  await section.getByRole('button', { name: 'Open with a new head' }).click();
  await studio.data.hasOpened('encoder.zip');
  await expect(section.getByText('The masked-LM head (lm_head) is new')).toBeVisible();
  await expect(section.getByRole('alert')).toHaveCount(0);

  // The trained model is asked about first.
  const changed = {
    ...withChecksums(files),
    'config.json': Buffer.from(`${Buffer.from(files['config.json'] ?? [])}\n`),
  };
  await studio.data.openZip(zipOf('changed.zip', changed));
  await page.getByRole('dialog').getByRole('button').last().click();
  await expect(section.getByRole('alert')).toContainText('config.json is not the file that was written');
  await section.getByRole('button', { name: 'Open unverified' }).click();
  await studio.data.hasOpened('changed.zip');
  await expect(section.getByText('Opened unverified although the checksum differs: config.json.')).toBeVisible();
});

test('a tokenizer that makes lower case reads so here, and so does what is exported', async ({ studio, page }) => {
  await studio.data.isLoaded('Shakespeare’s sonnets');
  const files = golden();
  const tokenizer = JSON.parse(Buffer.from(files['tokenizer.json'] ?? []).toString());
  const parts = [{ type: 'NFD' }, { type: 'StripAccents' }, { type: 'Lowercase' }];
  const changed = { ...tokenizer, normalizer: { type: 'Sequence', normalizers: parts }, post_processor: null };
  await studio.data.openZip(zipOf('lower.zip', { ...files, 'tokenizer.json': Buffer.from(JSON.stringify(changed)) }));
  await studio.data.hasOpened('lower.zip');
  await expect(page.getByText('normalises a text before splitting it')).toBeVisible();
  await expect(page.getByText('puts nothing around a text (post_processor)')).toBeVisible();
  await studio.goTo('Export');
  await studio.export.download();
  expect(await studio.export.verify()).toMatch(/^They agree/);
  expect(Number(await studio.export.found('Transformers.js'))).toBeLessThan(1e-4);
  expect(await studio.export.found('Same top prediction')).toMatch(/^(\d+) of \1$/);
  expect(await studio.export.found('Weights')).toBe('equal');
});
