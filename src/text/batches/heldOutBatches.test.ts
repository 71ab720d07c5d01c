import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDocuments, LINE_BREAK_ID, randomDocuments, VOCAB_SIZE } from '../../../test/documents.ts';
import { EOS_ID, MASK_ID, PAD_ID } from '../../core/config.ts';
import type { Batch } from './batch.ts';
import { heldOutBatches, heldOutExtent, heldOutMasks, rangesWithin } from './heldOutBatches.ts';

const maximumTokens = Number.POSITIVE_INFINITY;
const settings = { seqLength: 32, batchSize: 4, splitSeed: 1, vocabSize: VOCAB_SIZE, draws: 1, maximumTokens };

/** The text that the batches hold, in order, with what the model sees of it; frames, padding and filler rows removed. */
function readBack(batches: readonly Batch[]): { labels: number[]; inputs: number[] } {
  const labels: number[] = [];
  const inputs: number[] = [];
  for (const batch of batches) {
    for (let row = 0; row < batch.rows; row++) {
      const first = row * batch.columns;
      const length = batch.attentionMask.subarray(first, first + batch.columns).reduce((sum, one) => sum + one, 0);
      labels.push(...batch.labels.subarray(first + 1, first + length - 1));
      inputs.push(...batch.inputIds.subarray(first + 1, first + length - 1));
    }
  }
  return { labels, inputs };
}

test('the masked tokens are the same for every row length and batch size', () => {
  fc.assert(
    fc.property(
      anyDocuments,
      fc.integer({ min: 8, max: 80 }),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(),
      (documents, seqLength, batchSize, splitSeed) => {
        const usual = readBack(heldOutBatches(documents, { ...settings, splitSeed }).batches);
        const other = readBack(heldOutBatches(documents, { ...settings, splitSeed, seqLength, batchSize }).batches);
        expect(other).toEqual(usual);
        const text: number[] = [];
        for (let document = 0; document + 1 < documents.documentStarts.length; document++) {
          const [start, end] = documents.documentStarts.subarray(document, document + 2);
          text.push(...documents.ids.subarray(start, end), EOS_ID);
        }
        expect(usual.labels).toEqual(text);
      },
    ),
    { numRuns: 200 },
  );
});

test('15% are masked, all as <mask>, no line break among them, and each one counts', () => {
  const documents = randomDocuments(
    1,
    Array.from({ length: 300 }, () => 14),
    14,
  );
  const { batches, maskedRows } = heldOutBatches(documents, settings);
  let masked = 0;
  for (const batch of batches) {
    expect(batch.maskedPositions).toHaveLength(maskedRows);
    const weights = batch.maskedWeights.reduce((sum, weight) => sum + weight, 0);
    expect(weights).toBe(batch.chosen.reduce((sum, one) => sum + one, 0));
    expect(batch.maskedCount).toBe(weights);
    for (const [position, chosen] of batch.chosen.entries()) {
      expect(batch.inputIds[position] === MASK_ID).toBe(chosen === 1);
      if (chosen === 1) expect(batch.labels[position]).not.toBe(LINE_BREAK_ID);
    }
    masked += weights;
  }
  const maskable = documents.ids.filter((id) => id !== LINE_BREAK_ID).length;
  expect(Math.abs(masked - 0.15 * maskable)).toBeLessThan(4 * Math.sqrt(0.15 * 0.85 * maskable));
});

test('draws and split seeds mask differently', () => {
  const documents = randomDocuments(1, [14, 14, 14], 14);
  const { inputs } = readBack(heldOutBatches(documents, { ...settings, draws: 3 }).batches);
  const perDraw = inputs.length / 3;
  const draws = [0, 1, 2].map((draw) => inputs.slice(draw * perDraw, (draw + 1) * perDraw).join());
  expect(new Set(draws).size).toBe(3);
  expect(draws[0]).toBe(readBack(heldOutBatches(documents, settings).batches).inputs.join());
  expect(draws).not.toContain(readBack(heldOutBatches(documents, { ...settings, splitSeed: 2 }).batches).inputs.join());
});

test('every batch has B rows; those beyond the text are <s> </s> and masked nowhere', () => {
  const documents = randomDocuments(1, [1], 3);
  const { batches } = heldOutBatches(documents, settings);
  expect(batches).toHaveLength(1);
  const [batch] = batches;
  expect(batch?.labels.subarray(32, 36)).toEqual(Int32Array.from([0, EOS_ID, PAD_ID, PAD_ID]));
  expect(batch?.chosen.subarray(32)).toEqual(new Uint8Array(96));
});

test('the rows of all draws fill the batches: a short text that is read often makes few of them', () => {
  const documents = randomDocuments(1, [4, 4], 8);
  const one = readBack(heldOutBatches(documents, settings).batches).labels;
  const rows = Math.ceil(one.length / 30);
  expect(rows).toBe(2);
  const { batches } = heldOutBatches(documents, { ...settings, draws: 9 });
  expect(batches).toHaveLength(5);
  expect(readBack(batches).labels).toEqual(Array.from({ length: 9 }, () => one).flat());
});

test('nothing held out: no batches', () => {
  const documents = {
    ids: new Int32Array(0),
    documentStarts: Int32Array.from([0]),
    lineBreakId: 99,
    wordStarts: new Uint8Array(0),
  };
  expect(heldOutBatches(documents, settings)).toEqual({ maskedRows: 8, batches: [] });
});

test('a limit reads the same start of the text with the same masks for every row length', () => {
  const documents = randomDocuments(1, [14, 14, 14], 14);
  const whole = readBack(heldOutBatches(documents, settings).batches);
  for (const seqLength of [16, 50]) {
    const start = readBack(heldOutBatches(documents, { ...settings, seqLength, maximumTokens: 100 }).batches);
    expect(start).toEqual({ labels: whole.labels.slice(0, 100), inputs: whole.inputs.slice(0, 100) });
  }
});

test('the documents within a limit, each with its </s>, are what the batches read: an empty one, too', () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 40 }), (each, maximumTokens) => {
      const documents = randomDocuments(1, [...each, 1], 14);
      const ranges = [...rangesWithin(documents, maximumTokens)];
      const text = ranges.flatMap(([, start, end]) => [...documents.ids.slice(start, end), EOS_ID]);
      const read = readBack(heldOutBatches(documents, { ...settings, maximumTokens }).batches).labels;
      // Where the limit cuts a document, its </s> is beyond it.
      expect(text.slice(0, maximumTokens)).toEqual(read);
      expect(text.length).toBeLessThanOrEqual(read.length + 1);
    }),
  );
});

test.each(['token', 'word'] as const)('the list of masked %ss is what the batches hide, in their order', (unit) => {
  fc.assert(
    fc.property(anyDocuments, fc.integer({ min: 20, max: 400 }), (documents, maximumTokens) => {
      const asked = { ...settings, unit, draws: 3, maximumTokens };
      const hidden = heldOutBatches(documents, asked).batches.flatMap(({ maskedPositions, maskedWeights, labels }) =>
        [...maskedPositions].flatMap((position, at) => (maskedWeights[at] === 1 ? [labels[position]] : [])),
      );
      const listed = heldOutMasks(documents, asked).flatMap((draw) => [...draw].map((index) => documents.ids[index]));
      expect(listed).toEqual(hidden);
    }),
  );
});

test('at the end there are draws enough for 19,000 masked tokens, and a long text is read in part', () => {
  const extentOf = (tokens: number) =>
    heldOutExtent({ ...randomDocuments(1, [1], 3), ids: new Int32Array(tokens) }, 'final');
  expect(extentOf(3300)).toEqual({ draws: 39, maximumTokens: 131_072 });
  expect(extentOf(200_000).draws).toBe(1);
  expect(extentOf(10).draws).toBe(256);
});
