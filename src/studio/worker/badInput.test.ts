/**
 * The table of bad input: what a person, a file or the command line may hand to each step, and the sentence that comes back.
 * After each row everything that was made before is there as it was. Links have a table of their own in
 * `store/badLinks.test.ts`, and files on the page one in the end-to-end tests.
 */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { configForPreset } from '../../core/config.ts';
import { describeError } from '../../core/errorSentences.ts';
import { StudioError } from '../../core/errors.ts';
import { commands } from './commands.ts';
import { createSession, type SessionState } from './session.ts';

const PRESET = configForPreset('micro');
const SIZES = {
  model: { ...PRESET.model, maxPositionEmbeddings: 34 },
  pipeline: { ...PRESET.pipeline, seqLength: 32 },
  training: { ...PRESET.training, steps: 2, warmupSteps: 0 },
};
const TEXT = Array.from({ length: 80 }, (_, line) => `Line ${line} of a text that is long enough.`).join('\n');

let state: SessionState;

beforeAll(async () => {
  // Node 20 has none; what is asked of it here is whether there is a graphics card.
  vi.stubGlobal('navigator', {});
  state = createSession(() => undefined);
  await commands['device.probe'](state, { choice: 'cpu' });
  await commands['data.load'](state, { source: { kind: 'paste', text: TEXT }, config: PRESET.data });
  await commands['tokenizer.train'](
    state,
    { config: { vocabSize: 300, minFrequency: 2 } },
    new AbortController().signal,
  );
  await commands['model.create'](state, SIZES);
});

type Row = readonly [words: string, act: () => Promise<unknown>, sentence: RegExp];

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
const file = (name: string, content: string | Uint8Array<ArrayBuffer>) => ({ name, blob: new Blob([content]) });
const load = (...files: { name: string; blob: Blob }[]) =>
  commands['data.load'](state, { source: { kind: 'files', files }, config: PRESET.data });
const paste = (text: string) => commands['data.load'](state, { source: { kind: 'paste', text }, config: PRESET.data });
const column = (field: string) => {
  const files = [file('a.csv', `text,n\n${'"one, two",3\n'.repeat(9)}`)];
  const choices = { 'a.csv': { field } };
  return commands['data.load'](state, { source: { kind: 'files', files }, config: PRESET.data, choices });
};
const split = (change: object) => commands['data.split'](state, { config: { ...PRESET.data, ...change } });
const tokenizer = (change: object) =>
  commands['tokenizer.train'](
    state,
    { config: { vocabSize: 300, minFrequency: 2, ...change } },
    new AbortController().signal,
  );
const batch = (change: object) =>
  commands['pipeline.preview'](state, { config: { ...SIZES.pipeline, ...change }, batchSize: 4, seed: 1, step: 0 });
const model = (change: object) => commands['model.create'](state, { ...SIZES, model: { ...SIZES.model, ...change } });
const train = (change: object) =>
  commands['train.start'](state, { ...SIZES, training: { ...SIZES.training, ...change }, keepAs: null });
const ask = (text: string) => commands['test.fillMask'](state, { text, topK: 5 });

const look = (text: string) => commands['inside.look'](state, { text, hidden: [], weights: 'now' });
const measure = (text: string) => commands['inside.surprise'](state, { text, from: 0 });

const folder = (files: Readonly<Record<string, string>>) => {
  const listed = Object.entries(files).map(([path, content]) => ({ path, blob: new Blob([content]) }));
  return commands['model.open'](state, { origin: { kind: 'folder', name: 'my-model', files: listed } });
};
const zip = (content: string) =>
  commands['model.open'](state, { origin: { kind: 'zip', name: 'my.zip', blob: new Blob([content]) } });
const ROBERTA = JSON.stringify({ architectures: ['RobertaForMaskedLM'], model_type: 'roberta' });
const OTHERS = { 'model.safetensors': 'nothing', 'tokenizer.json': '{}' };

/** In no encoding letters alone. */
const NO_LETTERS = Uint8Array.from({ length: 2000 }, (_, at) => 0x80 + ((at * at * 13 + 7 * at) % 128));
const HUGE = new Blob([]);
Object.defineProperty(HUGE, 'size', { value: 200 * 2 ** 20 });
const GONE = new Blob([TEXT]);
Object.defineProperty(GONE, 'arrayBuffer', { value: () => Promise.reject(new Error('the file has moved')) });

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  data: [
    ['no file', () => load(), /^The text is empty\. Choose a file/],
    ['a file of no bytes', () => load(file('a.txt', '')), /^“a\.txt” contains no text/],
    ['only white space', () => load(file('a.txt', ' \n\t\n ')), /^“a\.txt” contains no text/],
    ['a byte-order mark alone', () => load(file('a.txt', bytes(0xef, 0xbb, 0xbf))), /^“a\.txt” contains no text/],
    ['a picture', () => load(file('a.png', bytes(0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 0, 1))), /is a PNG image.*OCR/],
    ['zeros', () => load(file('a.bin', new Uint8Array(4000))), /is not a text file/],
    [
      'no letters',
      () => load(file('a.txt', NO_LETTERS)),
      /“a\.txt” is not UTF-8, and no other known encoding can decode it/,
    ],
    ['a PDF', () => load(file('a.pdf', '%PDF-1.7 ...')), /“a\.pdf” is a PDF document, not plain text\. Copy the text/],
    ['a pointer', () => load(file('a.txt', 'version https://git-lfs.github.com/spec/v1\n')), /Git LFS pointer/],
    [
      'JSON that is cut',
      () => load(file('a.json', '[{"a":"b","c":"d","e":"f","g":"h","i":"j"')),
      /can’t be read as JSON/,
    ],
    [
      'a table without the column',
      () => column('poem'),
      /“a\.csv” has no column or field “poem”\. Choose one of these: text, n/,
    ],
    ['too short', () => load(file('a.txt', 'So short.')), /too short to train on: 9 characters, and at least 1,000/],
    ['too large', () => load({ name: 'a.txt', blob: HUGE }), /200 MB; the limit is 128 MB/],
    ['two that are too large together', () => load(file('b.txt', TEXT), { name: 'a.txt', blob: HUGE }), /2 files/],
    ['one bad among good ones', () => load(file('b.txt', TEXT), file('a.png', bytes(0, 1, 2, 3, 0, 0))), /“a\.png” is/],
    ['a file that is gone', () => load({ name: 'a.txt', blob: GONE }), /could not be read \(the file has moved\)/],
    [
      'a name that is code',
      () => load(file('<img src=x onerror=alert(1)>', '')),
      /^“<img src=x onerror=alert\(1\)>” contains/,
    ],
    ['an empty paste', () => paste(''), /contains no text\. Choose a file that contains text, or paste some/],
    ['a short paste', () => paste('Far too short.'), /“Pasted text” is too short/],
    [
      'a held-out share of 0.9',
      () => split({ heldOutShare: 0.9 }),
      /^Held-out share can’t be 0\.9\. The value must be from 0 to 0\.5/,
    ],
    ['a negative share', () => split({ heldOutShare: -0.1 }), /^Held-out share can’t be -0\.1/],
    ['a share that is no number', () => split({ heldOutShare: Number.NaN }), /^Held-out share: a number is missing/],
    [
      'a split seed of 1.5',
      () => split({ splitSeed: 1.5 }),
      /^Split seed can’t be 1\.5\. The value must be a whole number/,
    ],
  ],
  tokenizer: [
    ['260 entries', () => tokenizer({ vocabSize: 260 }), /^Vocabulary size can’t be 260\. .* from 261 to 200,000/],
    ['a million entries', () => tokenizer({ vocabSize: 1e6 }), /^Vocabulary size can’t be 1000000/],
    ['half an entry', () => tokenizer({ vocabSize: 300.5 }), /^Vocabulary size can’t be 300\.5/],
    ['words for a number', () => tokenizer({ vocabSize: 'many' }), /^Vocabulary size can’t be many/],
    ['no number', () => tokenizer({ vocabSize: '' }), /^Vocabulary size: a number is missing/],
    ['a frequency of 0', () => tokenizer({ minFrequency: 0 }), /^Minimum pair frequency can’t be 0/],
    [
      'an infinite frequency',
      () => tokenizer({ minFrequency: Number.POSITIVE_INFINITY }),
      /^Minimum pair frequency can’t be/,
    ],
  ],
  pipeline: [
    ['rows of 4', () => batch({ seqLength: 4 }), /^Sequence length can’t be 4\. .* from 8 to 4,096/],
    ['rows of 100,000', () => batch({ seqLength: 100_000 }), /^Sequence length can’t be 100000/],
    [
      'nothing masked',
      () => batch({ maskingRate: 0 }),
      /^Masking rate can’t be 0\. The value must be from 0\.01 to 0\.9/,
    ],
    ['everything masked', () => batch({ maskingRate: 1 }), /^Masking rate can’t be 1/],
    [
      'a packing that is none',
      () => batch({ packing: 'zip' }),
      /^Packing can’t be zip\. The value must be one of packed, lines/,
    ],
    ['a strategy that is none', () => batch({ maskingStrategy: 'all' }), /^Masking strategy can’t be all/],
    ['masking that is none', () => batch({ masking: 'never' }), /^Masking can’t be never/],
    ['loss positions that are none', () => batch({ lossPositions: 'some' }), /^Loss positions can’t be some/],
  ],
  model: [
    ['a hidden size of 0', () => model({ hiddenSize: 0 }), /^Hidden size can’t be 0\. .* from 4 to 8,192/],
    ['a hidden size of 1e9', () => model({ hiddenSize: 1e9 }), /^Hidden size can’t be 1000000000/],
    [
      'heads that do not divide',
      () => model({ numAttentionHeads: 3 }),
      /^Attention heads can’t be 3\. The value must divide the/,
    ],
    ['no layers', () => model({ numHiddenLayers: 0 }), /^Layers can’t be 0/],
    ['half a layer', () => model({ numHiddenLayers: 1.5 }), /^Layers can’t be 1\.5/],
    ['no room between', () => model({ intermediateSize: 0 }), /^Feed-forward size can’t be 0/],
    ['too few positions', () => model({ maxPositionEmbeddings: 20 }), /^Sequence length can’t be 32\. A model with 20/],
    ['dropout of 1', () => model({ hiddenDropoutProb: 1 }), /^Hidden dropout can’t be 1/],
    ['negative attention dropout', () => model({ attentionProbsDropoutProb: -1 }), /^Attention dropout can’t be -1/],
    ['a LayerNorm without epsilon', () => model({ layerNormEps: 0 }), /^LayerNorm epsilon can’t be 0/],
    [
      'initial weights that are none',
      () => model({ initialization: 'zeros' }),
      /^Weight initialisation can’t be zeros/,
    ],
    ['a range of 5', () => model({ initializerRange: 5 }), /^Initializer range can’t be 5/],
    [
      'one that fits no memory',
      () => model({ hiddenSize: 8192, numHiddenLayers: 64, intermediateSize: 32_768 }),
      /^This model would need about \d+ MB, but .* offers only \d+ MB\. Lower/,
    ],
  ],
  train: [
    ['no steps', () => train({ steps: 0 }), /^Steps can’t be 0\. The value must be a whole number from 1 to 1,000,000/],
    ['a billion steps', () => train({ steps: 1e9 }), /^Steps can’t be 1000000000/],
    ['no rows', () => train({ batchSize: 0 }), /^Batch size can’t be 0/],
    ['no batches', () => train({ gradientAccumulation: 0 }), /^Gradient accumulation can’t be 0/],
    [
      'a learning rate of 100',
      () => train({ learningRate: 100 }),
      /^Learning rate can’t be 100\. The value must be from 0 to 10/,
    ],
    ['a negative learning rate', () => train({ learningRate: -1e-3 }), /^Learning rate can’t be -0\.001/],
    ['a schedule that is none', () => train({ schedule: 'random' }), /^Learning-rate schedule can’t be random/],
    ['weight decay of 2', () => train({ weightDecay: 2 }), /^Weight decay can’t be 2/],
    ['a beta of 1', () => train({ beta2: 1 }), /^Beta 2 can’t be 1/],
    ['no epsilon', () => train({ epsilon: 0 }), /^Epsilon can’t be 0/],
    ['negative clipping', () => train({ clipNorm: -1 }), /^Gradient clipping can’t be -1/],
    ['a seed of -1', () => train({ seed: -1 }), /^Random seed can’t be -1/],
    ['a log that is never read', () => train({ logEvery: 0 }), /^Log refresh interval can’t be 0/],
    ['a save every half second', () => train({ saveEvery: 0.5 }), /^Checkpoint interval can’t be 0\.5/],
    ['a run to go on with that is none', () => commands['train.continue'](state), /^The run was not found/],
  ],
  test: [
    ['nothing', () => ask(''), /^The sentence is empty/],
    ['white space', () => ask(' \n'), /^The sentence is empty/],
    ['no mask', () => ask('Shall I compare thee'), /^The sentence contains no <mask>/],
    ['almost a mask', () => ask('Shall I < mask > thee'), /^The sentence contains no <mask>/],
    [
      'too many tokens',
      () => ask(`${'word '.repeat(200)}<mask>`),
      /^The sentence has [\d,]+ tokens; the limit of this model is/,
    ],
  ],
  import: [
    ['a zip that is none', () => zip('This is no zip.'), /^my\.zip is neither a zip nor a tar/],
    ['an empty zip', () => zip(''), /^my\.zip is empty: it has 0 bytes\. Download the file itself again/],
    ['an empty folder', () => folder({}), /config\.json/],
    ['a folder of something else', () => folder({ 'a.txt': TEXT }), /config\.json/],
    ['a configuration alone', () => folder({ 'config.json': ROBERTA }), /Open the whole folder of the model/],
    [
      'a configuration that is no JSON',
      () => folder({ 'config.json': '{', ...OTHERS }),
      /Folio reads RobertaForMaskedLM/,
    ],
    [
      'a list for a configuration',
      () => folder({ 'config.json': '[]', ...OTHERS }),
      /^config\.json describes no model: .* Folio opens RoBERTa models/,
    ],
    [
      'another architecture',
      () => folder({ 'config.json': '{"architectures":["GPT2LMHeadModel"],"model_type":"gpt2"}', ...OTHERS }),
      /has another architecture: .* Folio opens RoBERTa models/,
    ],
  ],
  'look inside': [
    ['nothing to look at', () => look(' '), /^The passage is empty/],
    [
      'a text that fills no picture',
      () => look('word '.repeat(200)),
      /^The text has [\d,]+ tokens; this view shows at most 32/,
    ],
    ['nothing to measure', () => measure(''), /^The passage is empty/],
    ['a book to measure', () => measure('word '.repeat(3000)), /^The text has [\d,]+ tokens; .* shows at most 2,000/],
  ],
  runs: [
    ['a run that is none', () => commands['runs.open'](state, { id: 'none' }), /^The run was not found/],
    ['a path for a run', () => commands['runs.open'](state, { id: '../../etc' }), /^The run was not found/],
    ['a run without a name', () => commands['runs.rename'](state, { id: 'none', name: '  ' }), /^The run needs a name/],
  ],
};

async function sentenceOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (thrown) {
    const { what, remedy } = describeError(StudioError.from(thrown).toPlain());
    return `${what} ${remedy}`;
  }
  throw new Error('it was taken');
}

describe.each(Object.entries(TABLE))('bad input to %s', (_, rows) => {
  it.each(rows)('%s', async (_words, act, sentence) => {
    const { text, tokens, model: live } = state;
    expect(await sentenceOf(act)).toMatch(sentence);
    expect(state.text).toBe(text);
    expect(state.tokens).toBe(tokens);
    expect(state.model).toBe(live);
    expect(state.job).toBeNull();
  });
});

it('has at least 60 rows, and what was made still works after all of them', async () => {
  expect(Object.values(TABLE).flat().length).toBeGreaterThanOrEqual(60);
  expect((await ask('Line <mask> of a text')).masks).toHaveLength(1);
  await expect(commands['runs.delete'](state, { id: 'none' })).rejects.toMatchObject({ code: 'runMissing' });
});
