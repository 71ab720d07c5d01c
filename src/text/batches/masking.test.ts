import { describe, expect, test } from 'vitest';
import { LINE_BREAK_ID, randomDocuments, VOCAB_SIZE } from '../../../test/documents.ts';
import {
  DEFAULT_CONFIG,
  FIRST_ORDINARY_ID,
  MASK_ID,
  type MaskingUnit,
  type PipelineConfig,
} from '../../core/config.ts';
import { type BatchSettings, createBatchSource } from './batches.ts';
import { createMasker, NOT_CHOSEN } from './masking.ts';

const settings = (pipeline: Partial<PipelineConfig>, batchSize = 8, seed = 1): BatchSettings => ({
  pipeline: { ...DEFAULT_CONFIG.pipeline, seqLength: 32, neighbourTargets: 0, ...pipeline },
  batchSize,
  seed,
  vocabSize: VOCAB_SIZE,
});

test.each([
  ['bert', 0.15, 0.8, 0.1],
  ['mask', 0.4, 1, 0],
  ['noUnchanged', 0.15, 0.9, 0.1],
] as const)(
  '%s at rate %f masks, replaces and keeps its shares',
  (maskingStrategy, maskingRate, maskShare, randomShare) => {
    const documents = randomDocuments(
      2,
      Array.from({ length: 400 }, () => 14),
      16,
    );
    const source = createBatchSource(documents, settings({ maskingStrategy, maskingRate }));
    let maskable = 0;
    let chosen = 0;
    let masks = 0;
    let replaced = 0;
    const replacements = new Set<number>();
    for (let index = 0; index < Math.floor(source.rowsPerEpoch / 8); index++) {
      const batch = source.batch(index);
      for (const [position, label] of batch.labels.entries()) {
        if (label >= FIRST_ORDINARY_ID && label !== LINE_BREAK_ID) maskable++;
        if (batch.chosen[position] !== 1) continue;
        chosen++;
        const input = batch.inputIds[position] ?? -1;
        if (input === MASK_ID) masks++;
        else if (input !== label) {
          replaced++;
          replacements.add(input);
        }
      }
    }
    const within = (count: number, total: number, share: number): void => {
      const deviation = Math.sqrt(share * (1 - share) * total);
      expect(Math.abs(count - share * total)).toBeLessThanOrEqual(4 * deviation);
    };
    expect(maskable).toBeGreaterThan(40_000);
    within(chosen, maskable, maskingRate);
    within(masks, chosen, maskShare);
    // A random token is the token itself once in as many as there are ordinary ones.
    within(replaced, chosen, randomShare * (1 - 1 / (VOCAB_SIZE - FIRST_ORDINARY_ID - 1)));
    if (randomShare > 0) expect(replacements.size).toBeGreaterThan(200);
    expect([...replacements].every((id) => id >= FIRST_ORDINARY_ID && id !== LINE_BREAK_ID && id < VOCAB_SIZE)).toBe(
      true,
    );
  },
);

test('random replacements are uniform over the ordinary ids, both ends included', () => {
  const documents = {
    ...randomDocuments(
      3,
      Array.from({ length: 300 }, () => 10),
      20,
    ),
    lineBreakId: 9,
  };
  const given = { ...settings({ maskingRate: 0.9 }, 64), vocabSize: 15 };
  const source = createBatchSource(documents, given);
  const counts = new Map<number, number>();
  for (let index = 0; index < 12; index++) {
    const batch = source.batch(index);
    for (const [position, label] of batch.labels.entries()) {
      const input = batch.inputIds[position] ?? -1;
      if (batch.chosen[position] === 1 && input !== MASK_ID && input !== label)
        counts.set(input, (counts.get(input) ?? 0) + 1);
    }
  }
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual([5, 6, 7, 8, 10, 11, 12, 13, 14]);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  for (const count of counts.values()) expect(Math.abs(count - total / 9)).toBeLessThan(5 * Math.sqrt(total / 9));
});

test.each(['packed', 'lines'] as const)('%s: static masks are equal in every epoch, dynamic ones differ', (packing) => {
  const documents = {
    ids: Int32Array.from({ length: 200 }, (_, i) => 100 + i),
    documentStarts: Int32Array.from([0, 80, 200]),
    lineBreakId: 99,
    wordStarts: new Uint8Array(200).fill(1),
  };
  const maskedIn = (masking: 'static' | 'dynamic', epoch: number): Map<number, number> => {
    const pipeline = { packing, masking, maskingRate: 0.3, seqLength: 22 };
    const source = createBatchSource(documents, { ...settings(pipeline, 1), vocabSize: 400 });
    const seen = new Map<number, number>();
    for (let row = 0; row < source.rowsPerEpoch; row++) {
      const batch = source.batch(epoch * source.rowsPerEpoch + row);
      for (const [position, label] of batch.labels.entries())
        if (label >= 100) seen.set(label, batch.inputIds[position] ?? -1);
    }
    return seen;
  };
  const differences = (masking: 'static' | 'dynamic'): number => {
    const [first, fifth] = [maskedIn(masking, 0), maskedIn(masking, 5)];
    const common = [...first].filter(([label]) => fifth.has(label));
    expect(common.length).toBeGreaterThan(100);
    return common.filter(([label, input]) => fifth.get(label) !== input).length;
  };
  expect(differences('static')).toBe(0);
  expect(differences('dynamic')).toBeGreaterThan(20);
});

describe('what is hidden together', () => {
  const documents = randomDocuments(
    4,
    Array.from({ length: 100 }, () => 6),
    120,
  );
  const { ids, wordStarts } = documents;
  const choose = (unit: MaskingUnit, rate: number): boolean[] => {
    const masker = createMasker({ rate, unit, strategy: 'mask', vocabSize: VOCAB_SIZE }, 5, documents);
    return [...ids].map((id, index) => masker(index, id) !== NOT_CHOSEN);
  };
  const shareOf = (chosen: boolean[]): number =>
    chosen.filter(Boolean).length / ids.filter((id) => id !== LINE_BREAK_ID).length;
  /** Lengths, in words, of the stretches of masked words, where no line break ends them. */
  const runs = (chosen: boolean[]): number[] => {
    const lengths: number[] = [];
    let length = 0;
    for (const [index, id] of ids.entries()) {
      if (wordStarts[index] !== 1) continue;
      if (chosen[index]) length++;
      else {
        if (length > 0 && id !== LINE_BREAK_ID) lengths.push(length);
        length = 0;
      }
    }
    return lengths;
  };
  const meanOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  test.each(['word', 'span'] as const)('%s: the pieces of a word share one fate, and the rate is met', (unit) => {
    const chosen = choose(unit, 0.15);
    for (let index = 1; index < ids.length; index++) {
      if (wordStarts[index] !== 1 && ids[index] !== LINE_BREAK_ID) expect(chosen[index]).toBe(chosen[index - 1]);
    }
    expect(Math.abs(shareOf(chosen) - 0.15)).toBeLessThan(0.012);
    expect(Math.abs(shareOf(choose(unit, 0.4)) - 0.4)).toBeLessThan(0.02);
  });

  test('token: pieces of a word are hidden one without the other', () => {
    const chosen = choose('token', 0.15);
    expect(chosen.some((is, index) => index > 0 && wordStarts[index] !== 1 && is !== chosen[index - 1])).toBe(true);
  });

  test('span: words are hidden in rows of several, of up to ten unless two meet', () => {
    expect(meanOf(runs(choose('word', 0.05)))).toBeLessThan(1.2);
    const spans = runs(choose('span', 0.05));
    // Geometric with mean 5, cut at ten words: 4.46; line breaks cut some.
    expect(meanOf(spans)).toBeGreaterThan(3);
    expect(meanOf(spans)).toBeLessThan(5.5);
  });
});
