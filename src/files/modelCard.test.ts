import { expect, test } from 'vitest';
import { testRun } from '../../test/exportedRun.ts';
import { grouped } from '../core/counts.ts';
import { escapeMarkdown } from '../core/markdown.ts';
import type { HeldOutPoint } from '../core/metrics.ts';
import type { ExportedRun } from './exportedRun.ts';
import { modelCard } from './modelCard.ts';

const header = (card: string): string => card.split('---\n')[1] ?? '';

test('the header is what the Hub reads', () => {
  expect(modelCard(testRun())).toMatch(/^---\nlibrary_name: transformers\n/);
  expect(header(modelCard(testRun()))).toBe(
    [
      'library_name: transformers',
      'pipeline_tag: fill-mask',
      'mask_token: "<mask>"',
      'tags:',
      '  - roberta',
      '  - fill-mask',
      '  - masked-language-modeling',
      '  - trained-from-scratch',
      '  - folio',
      '',
    ].join('\n'),
  );
  expect(header(modelCard(testRun({ isSonnets: true })))).toContain('language: en\n');
});

test('the card holds the figures of the run', () => {
  const card = modelCard(testRun());
  for (const figure of [
    '| loss, nats per masked token | 5.7680 ± 0.0123 | 4.5000 ± 0.0123 |',
    `| perplexity | ${Math.exp(5.768).toFixed(1)} | 90.0 |`,
    '| bits per byte | 2.346 | 2.346 |',
    '| masked accuracy | 21.0% | 21.0% |',
    '| top-5 accuracy | 43.2% | 43.2% |',
    '| masked tokens | 4,321 | 4,321 |',
    '15 documents that training never saw',
    'Training loss, mean of the last tenth of the steps: 4.2500.',
    '| documents | 154 | 139 | 15 |',
    '| tokens | 51,110 | 45,678 | 5,432 |',
    '320 tokens (320 asked for), 59 merges',
    '66 (texts of up to 64 tokens)',
    '| steps | 20 of 20 |',
    '| random seed | 1 |',
    '| device | WebGPU, google swiftshader (software) |',
    '| @tensorflow/tfjs | 4.22.0 |',
    'model="./My-BERT"',
    '# My BERT\n',
  ]) {
    expect(card).toContain(figure);
  }
});

test('the header names the weights that were measured; one held-out document has no error over documents', () => {
  const run = testRun();
  const [first, last] = run.heldOut as [HeldOutPoint, HeldOutPoint];
  const card = (changes: Partial<ExportedRun>): string => modelCard(testRun(changes));
  expect(card({ weightsStep: 15 })).toContain('| after training (weights of step 15) |');
  // Paused since the last evaluation.
  expect(card({ step: 23, weightsStep: 23 })).toContain('| after training (weights of step 20) |');
  expect(card({})).toContain('For the loss after training, the standard error over documents is 0.0456.');
  const alone = card({
    corpus: { ...run.corpus, heldOutDocuments: 1 },
    heldOut: [first, { ...last, documentError: Number.NaN }],
  });
  expect(alone).toContain('Measured on 1 document that');
  expect(alone).toContain('is unknown: it takes at least two documents.');
  expect(alone).not.toContain('NaN');
});

test('a run with nothing held out claims no figure for unseen text', () => {
  const card = modelCard(testRun({ heldOut: [] }));
  expect(card).toContain('Nothing was held out');
  expect(card).not.toContain('perplexity');
  expect(card).not.toContain('The figures above');
  expect(modelCard(testRun())).toContain('The figures above');
});

test('the card shows what the model answered, right or wrong, and from which text', () => {
  const card = modelCard(testRun({ weightsStep: 15 }));
  expect(card).toContain('| Shall I compare \\[thee\\] to a summer\\[,\\] day? | 81.3%, 6.3% | thee, ’s |');
  expect(card).toContain('Held-out lines, filled in by the weights of step 15');
  expect(card).toContain('except for the lines above and the held-out documents');
  expect(modelCard(testRun({ heldOut: [] }))).toContain('Lines of the training text');
  expect(modelCard(testRun({ verses: [] }))).not.toContain('## Predictions');
});

test('a device without an adapter of its own is named once', () => {
  const { device } = testRun();
  expect(modelCard(testRun({ device: { ...device, active: 'wasm', adapter: 'wasm' } }))).toContain(
    '| device | WebAssembly |',
  );
});

test('it names the text that lies beside it', () => {
  expect(modelCard(testRun())).toContain('The text itself is not in this folder');
  expect(modelCard(testRun(), true)).toContain('The text was exported with the model, as `corpus.txt`.');
  expect(modelCard(testRun(), true)).not.toContain('not in this folder');
});

test('case is kept unless the tokenizer lowers it', () => {
  expect(modelCard(testRun())).toContain('Case is kept; no text is out of vocabulary.');
  const lowered = modelCard(testRun({ normalizers: ['NFC', 'Lowercase'] }));
  expect(lowered).toContain('Normalizers: NFC, Lowercase. No text is out of vocabulary.');
  expect(lowered).not.toContain('Case is kept');
});

test('a stopped run says how far it came', () => {
  expect(modelCard(testRun({ step: 7 }))).toContain('for 7 of 20 planned steps');
});

test('only a model that was trained from scratch knows nothing but its text', () => {
  expect(modelCard(testRun())).toContain('- It knows this one text and nothing else');
  const further = modelCard(testRun({ startedFrom: 'a_b' }));
  expect(further).toContain('- It started from “a\\_b” and was trained further on this text. ');
  expect(further).not.toContain('nothing else');
});

test('positions that training never reached are named', () => {
  const run = testRun();
  const pipeline = { ...run.config.pipeline, seqLength: 64 };
  expect(modelCard(run)).toContain('trained on sequences of 32 tokens, so later positions are untrained');
  expect(modelCard({ ...run, config: { ...run.config, pipeline } })).not.toContain('untrained');
});

test('many files are counted rather than named', () => {
  const sourceNames = Array.from({ length: 1021 }, (_, index) => `file${index}.txt`);
  expect(modelCard(testRun({ sourceNames }))).toContain('file19.txt and 1,001 more.');
});

test('it lists what was changed in the text', () => {
  const card = modelCard(testRun({ repairs: ['17 lines of header left out', '3 | left out'] }));
  expect(card).toContain(
    'Changed in the text before training:\n\n- 17 lines of header left out\n- 3 \\| left out\n\n|',
  );
  expect(modelCard(testRun())).not.toContain('Changed in the text');
});

test('it says how the text was read', () => {
  const card = modelCard(testRun({ readAs: ['verses.csv: CSV, “Text”, Windows-1251 (CP1251)'] }));
  expect(card).toContain(
    'Source: verses.txt. Read as: verses.csv: CSV, “Text”, Windows-1251 (CP1251). The text itself',
  );
  expect(modelCard(testRun())).not.toContain('Read as');
});

test('hostile names stay text', () => {
  const name = '"]\n---\ntags: [x]\n---\n# <img src=x onerror=alert(1)> | `rm` [a](http://b) $x$ \u202Egnp';
  const card = modelCard(
    testRun({
      name,
      sourceNames: ['a|b\n\n## c <script>.txt'],
      verses: [{ parts: ['| <b>', '\n## x'], fills: [{ truth: ' `a`', guess: ' **|**', probability: 1 }] }],
    }),
  );
  expect(header(card)).toBe(header(modelCard(testRun())));
  expect(card).toContain(
    '# "\\] --- tags: \\[x\\] --- \\# \\<img src=x onerror=alert(1)\\> \\| \\`rm\\` \\[a\\](http&#58;//b) \\$x\\$ gnp\n',
  );
  expect(card).toContain('Source: a\\|b \\#\\# c \\<script\\>.txt.');
  expect(card).toContain('| \\| \\<b\\> \\[\\*\\*\\|\\*\\*\\] \\#\\# x | 100.0% | \\`a\\` |');
  expect(card).not.toContain('\u202E');
  expect(card.match(/^---$/gm)).toHaveLength(2);
});

test('escaping: entities, lone surrogates, emoji that need a joiner, long names', () => {
  expect(escapeMarkdown('&lt; a\\b')).toBe('\\&lt; a\\\\b');
  expect(escapeMarkdown('a\uD800b')).toBe('a\uFFFDb');
  expect(escapeMarkdown('👩‍🚀')).toBe('👩‍🚀');
  expect([...escapeMarkdown('é'.repeat(500))]).toHaveLength(120);
  expect(escapeMarkdown(' \n\t ')).toBe('');
});

test('figures are grouped by thousands', () => {
  expect([0, 999, 1000, 1234567, 12.6].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567', '13']);
});
