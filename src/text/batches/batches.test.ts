import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDocuments, LINE_BREAK_ID, randomDocuments, VOCAB_SIZE } from '../../../test/documents.ts';
import { DEFAULT_CONFIG, EOS_ID, FIRST_ORDINARY_ID, MASK_ID, PAD_ID, type PipelineConfig } from '../../core/config.ts';
import { type BatchSettings, createBatchSource } from './batches.ts';

const anyPipeline: fc.Arbitrary<PipelineConfig> = fc.record({
  seqLength: fc.integer({ min: 8, max: 40 }),
  packing: fc.constantFrom('packed', 'lines'),
  maskingRate: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
  maskingStrategy: fc.constantFrom('bert', 'mask', 'noUnchanged'),
  maskingUnit: fc.constantFrom('token', 'word', 'span'),
  neighbourTargets: fc.constantFrom(0, 0.5),
  masking: fc.constantFrom('dynamic', 'static'),
  lossPositions: fc.constantFrom('masked', 'all'),
});
const anySettings: fc.Arbitrary<BatchSettings> = fc.record({
  pipeline: anyPipeline,
  batchSize: fc.integer({ min: 1, max: 9 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  vocabSize: fc.constant(VOCAB_SIZE),
});

const settings = (pipeline: Partial<PipelineConfig>, batchSize = 8, seed = 1): BatchSettings => ({
  pipeline: { ...DEFAULT_CONFIG.pipeline, seqLength: 32, neighbourTargets: 0, ...pipeline },
  batchSize,
  seed,
  vocabSize: VOCAB_SIZE,
});

/** Every label of an epoch's rows, row by row; needs a batch size that divides the rows of an epoch. */
function epochRows(source: ReturnType<typeof createBatchSource>, epoch: number): number[][] {
  return Array.from({ length: source.rowsPerEpoch }, (_, row) => [
    ...source.batch(epoch * source.rowsPerEpoch + row).labels,
  ]);
}

const countOf = (rows: readonly (readonly number[])[]): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const id of rows.flat()) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
};

test('a batch is well formed: frames, padding, labels, mask rows, nothing special chosen', () => {
  fc.assert(
    fc.property(anyDocuments, anySettings, fc.nat(1000), (documents, given, index) => {
      const { seqLength: T, lossPositions } = given.pipeline;
      const source = createBatchSource(documents, given);
      const batch = source.batch(index);
      expect([batch.rows, batch.columns]).toEqual([given.batchSize, T]);
      expect(batch.inputIds).toHaveLength(given.batchSize * T);
      let chosen = 0;
      for (let row = 0; row < batch.rows; row++) {
        const labels = [...batch.labels.subarray(row * T, (row + 1) * T)];
        const mask = [...batch.attentionMask.subarray(row * T, (row + 1) * T)];
        const length = mask.reduce((sum, one) => sum + one, 0);
        expect(mask).toEqual(labels.map((_, column) => (column < length ? 1 : 0)));
        expect([labels[0], labels[length - 1]]).toEqual([0, EOS_ID]);
        expect(labels.slice(length).every((id) => id === PAD_ID)).toBe(true);
        expect(labels.slice(0, length)).not.toContain(PAD_ID);
      }
      for (const [position, isChosen] of batch.chosen.entries()) {
        const label = batch.labels[position] ?? -1;
        const input = batch.inputIds[position] ?? -1;
        chosen += isChosen;
        if (isChosen === 0) expect(input).toBe(label);
        else {
          expect(label).toBeGreaterThanOrEqual(FIRST_ORDINARY_ID);
          expect(label).not.toBe(LINE_BREAK_ID);
          expect(input === MASK_ID || (input >= FIRST_ORDINARY_ID && input < VOCAB_SIZE)).toBe(true);
          expect(input).not.toBe(LINE_BREAK_ID);
        }
      }
      expect(batch.maskedCount).toBe(chosen);
      expect(batch.tokens).toBe(batch.attentionMask.reduce((sum, one) => sum + one, 0));
      expect(batch.maskedPositions).toHaveLength(source.maskedRows);
      const read = [...batch.maskedPositions].filter((_, entry) => batch.maskedWeights[entry] === 1);
      if (lossPositions === 'all') expect(read).toEqual([...batch.labels.keys()]);
      else {
        expect(source.maskedRows % 8).toBe(0);
        expect(read).toEqual([...batch.chosen.keys()].filter((position) => batch.chosen[position] === 1));
        expect([...batch.maskedPositions.subarray(chosen)].every((position) => position === 0)).toBe(true);
        expect([...batch.maskedWeights.subarray(chosen)].every((weight) => weight === 0)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('a batch depends on seed and index alone, not on what was asked before', () => {
  fc.assert(
    fc.property(
      anyDocuments,
      anySettings,
      fc.array(fc.nat(200), { minLength: 1, maxLength: 8 }),
      (documents, given, indexes) => {
        const wandering = createBatchSource(documents, given);
        for (const index of indexes) {
          expect(wandering.batch(index)).toEqual(createBatchSource(documents, given).batch(index));
        }
      },
    ),
    { numRuns: 100 },
  );
  const documents = randomDocuments(1, [5, 9, 4, 14, 14, 3], 12);
  const one = createBatchSource(documents, settings({}, 8, 1)).batch(3);
  const two = createBatchSource(documents, settings({}, 8, 2)).batch(3);
  expect(two.labels).not.toEqual(one.labels);
});

test('packed rows of an epoch are full, hold no token twice, and every token appears over the epochs', () => {
  // Every token has an id of its own, so that rows tell which tokens they hold.
  const documents = {
    ids: Int32Array.from({ length: 230 }, (_, i) => 100 + i),
    documentStarts: Int32Array.from([0, 40, 41, 150, 230]),
    lineBreakId: 99,
    wordStarts: new Uint8Array(230).fill(1),
  };
  const source = createBatchSource(documents, {
    ...settings({ maskingStrategy: 'mask', seqLength: 22 }, 1),
    vocabSize: 400,
  });
  expect(source.rowsPerEpoch).toBe(Math.floor((230 + 4) / 20));
  expect(source.paddingShare).toBe(0);
  const seen = new Set<number>();
  const orders = new Set<string>();
  for (let epoch = 0; epoch < 40; epoch++) {
    const rows = epochRows(source, epoch);
    orders.add(rows.flat().join());
    const counts = countOf(rows);
    for (const [id, count] of counts) {
      if (id < FIRST_ORDINARY_ID) continue;
      expect(count).toBe(1);
      seen.add(id);
    }
    expect(counts.has(PAD_ID)).toBe(false);
    for (const row of rows) {
      // Neighbours in a row are neighbours in a document, or separated by </s>.
      for (let column = 1; column < row.length; column++) {
        const [left = 0, right = 0] = [row[column - 1], row[column]];
        if (left >= 100 && right >= 100) expect(right).toBe(left + 1);
      }
    }
  }
  expect(seen.size).toBe(230);
  expect(orders.size).toBe(40);
});

test('a document that ends within a row is followed by </s>', () => {
  const documents = {
    ids: Int32Array.from([100, 101, 200, 300, 301, 302]),
    documentStarts: Int32Array.from([0, 2, 3, 6]),
    lineBreakId: 99,
    wordStarts: new Uint8Array(6).fill(1),
  };
  const source = createBatchSource(documents, { ...settings({ seqLength: 16 }, 1), vocabSize: 400 });
  const labels = [...source.batch(0).labels];
  // Shorter than a row: the whole text in one, padded.
  expect(source.rowsPerEpoch).toBe(1);
  expect(source.paddingShare).toBeCloseTo(5 / 16);
  const text = labels.join(' ');
  for (const document of ['100 101 2', '200 2', '300 301 302 2']) expect(text).toContain(document);
  expect(text).toMatch(/^0 .* 2 2 1 1 1 1 1$/);
});

test('one sample a row: every line once an epoch, long lines cut, line breaks left out', () => {
  const lineBreakId = 99;
  const long = Array.from({ length: 25 }, (_, i) => 200 + i);
  const ids = Int32Array.from([100, 101, lineBreakId, ...long, 110, lineBreakId, 120, 121]);
  const documents = {
    ids,
    documentStarts: Int32Array.from([0, 28, ids.length]),
    lineBreakId,
    wordStarts: new Uint8Array(ids.length).fill(1),
  };
  // The second document starts with 110.
  const source = createBatchSource(documents, { ...settings({ packing: 'lines', seqLength: 12 }, 1), vocabSize: 400 });
  const expected = [
    '100,101',
    long.slice(0, 10).join(),
    long.slice(10, 20).join(),
    long.slice(20).join(),
    '110',
    '120,121',
  ];
  expect(source.rowsPerEpoch).toBe(expected.length);
  const orders = new Set<string>();
  for (let epoch = 0; epoch < 6; epoch++) {
    const rows = epochRows(source, epoch);
    const lines = rows.map((row) => row.slice(1, row.indexOf(EOS_ID)).join());
    orders.add(lines.join(' '));
    expect([...lines].sort()).toEqual([...expected].sort());
  }
  expect(orders.size).toBeGreaterThan(3);
  expect(source.paddingShare).toBeCloseTo(1 - (2 + 10 + 10 + 5 + 1 + 2 + 12) / 72);
});

test.each(['packed', 'lines'] as const)('%s: the room for masked rows is enough and not much more', (packing) => {
  const documents = randomDocuments(
    5,
    Array.from({ length: 150 }, (_, i) => 1 + (i % 20)),
    14,
  );
  const source = createBatchSource(documents, settings({ packing }, 16));
  const counts = Array.from({ length: 600 }, (_, index) => source.batch(index).maskedCount);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  expect(Math.max(...counts)).toBeLessThan(source.maskedRows);
  // M is what the estimate says: the observed mean and six observed deviations, to within sampling noise and rounding.
  const deviation = Math.sqrt(counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length);
  expect(Math.abs(source.maskedRows - (mean + 6 * deviation))).toBeLessThan(8 + deviation);
});

test('what is chosen beyond the room is shown unmasked, so nothing is masked without counting', () => {
  // One row in two hundred holds all maskable tokens: six deviations are less than that row.
  const ids = Int32Array.from({ length: 62 * 200 }, (_, i) => (i < 62 ? 200 : 99));
  const documents = {
    ids,
    documentStarts: Int32Array.from([0, ids.length]),
    lineBreakId: 99,
    wordStarts: new Uint8Array(ids.length).fill(1),
  };
  const given = { ...settings({ maskingStrategy: 'mask', maskingRate: 0.9, seqLength: 64 }, 1), vocabSize: 400 };
  const source = createBatchSource(documents, given);
  let fullest = 0;
  for (let index = 0; index < 2000; index++) {
    const batch = source.batch(index);
    const masks = [...batch.inputIds].filter((id) => id === MASK_ID).length;
    expect(masks).toBe(batch.maskedWeights.reduce((sum, weight) => sum + weight, 0));
    fullest = Math.max(fullest, masks);
  }
  expect(fullest).toBe(source.maskedRows);
});

test('epochs are counted from the first row of a batch', () => {
  const source = createBatchSource(randomDocuments(6, [14, 14, 14, 14], 14), settings({}, 4));
  const perEpoch = source.rowsPerEpoch / 4;
  expect(source.epochOf(0)).toBe(0);
  expect(source.epochOf(Math.ceil(perEpoch))).toBe(1);
  expect(source.epochOf(Math.ceil(perEpoch) - 1)).toBe(0);
  expect(source.paddingShare).toBe(0);
});

test('an empty text is refused', () => {
  const documents = {
    ids: new Int32Array(0),
    documentStarts: Int32Array.from([0]),
    lineBreakId: 99,
    wordStarts: new Uint8Array(0),
  };
  expect(() => createBatchSource(documents, settings({}))).toThrowError(
    expect.objectContaining({ code: 'dataTooShort' }),
  );
  expect(() => createBatchSource(documents, settings({ packing: 'lines' }))).toThrowError();
});
