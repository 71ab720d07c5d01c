import { describe, expect, test } from 'vitest';
import { LINE_BREAK_ID, randomDocuments, VOCAB_SIZE } from '../../../test/documents.ts';
import golden from '../../../test/golden/referenceLines.json';
import type { EncodedDocuments } from '../batches/encodeDocuments.ts';
import { heldOutMasks } from '../batches/heldOutBatches.ts';
import { NeighbourCounts, neighboursIn } from './neighbourCounts.ts';
import { type ReferenceLines, referenceLines } from './referenceLines.ts';

function finish<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const turn = work.next();
    if (turn.done) return turn.value;
  }
}

function encoded(documents: readonly (readonly number[])[], lineBreakId: number): EncodedDocuments {
  const starts = [0];
  for (const document of documents) starts.push((starts.at(-1) ?? 0) + document.length);
  const ids = Int32Array.from(documents.flat());
  return { ids, documentStarts: Int32Array.from(starts), lineBreakId, wordStarts: new Uint8Array(ids.length).fill(1) };
}

const linesOf = (training: EncodedDocuments, heldOut: EncodedDocuments, vocabSize: number, draws: number) =>
  finish(
    referenceLines(training, heldOut, { vocabSize, splitSeed: 1, draws, maximumTokens: Number.POSITIVE_INFINITY }),
  );

describe('on 45 sonnets, as e2e/python/referenceLines.py computes them from the definition', () => {
  const training = encoded(golden.training, golden.line_break_id);
  const heldOut = encoded(golden.documents, golden.line_break_id);
  const lines: ReferenceLines = linesOf(training, heldOut, golden.vocab_size, golden.draws.length);

  test('on the same masks', () => {
    const extent = { draws: golden.draws.length, maximumTokens: Number.POSITIVE_INFINITY };
    const masks = heldOutMasks(heldOut, { splitSeed: 1, vocabSize: golden.vocab_size, ...extent });
    expect(masks.map((draw) => [...draw])).toEqual(golden.draws);
    expect(lines.tokens).toBe(golden.lines.tokens);
  });

  test.each(['random', 'unigram', 'neighbours'] as const)('%s, to a millionth', (name) => {
    expect(Math.abs(lines[name] - golden.lines[name])).toBeLessThan(1e-6);
  });

  test('how often the counts are right', () => {
    expect(lines.neighbourTop1).toBeCloseTo(golden.lines.neighbourTop1, 9);
    expect(lines.neighbourTop5).toBeCloseTo(golden.lines.neighbourTop5, 9);
  });
});

test('line breaks and specials are contexts and are not counted', () => {
  const documents = encoded([[20, LINE_BREAK_ID, 21]], LINE_BREAK_ID);
  const counts = new NeighbourCounts(VOCAB_SIZE);
  for (const place of neighboursIn(documents, 0)) counts.add(place);
  expect(counts.unigram.total).toBe(2);
  expect(counts.unigram.of(LINE_BREAK_ID)).toBe(0);
  expect(counts.after(LINE_BREAK_ID).of(21)).toBe(1);
  // </s> stands at a document's edge.
  expect(counts.between(2, LINE_BREAK_ID).of(20)).toBe(1);
});

test('a text in which each token follows the one before it is nearly free, a random one is worth its frequencies', () => {
  const counting = Array.from({ length: 40 }, () => Array.from({ length: 100 }, (_, at) => 20 + at));
  const ordered = linesOf(encoded(counting, 19), encoded(counting.slice(0, 2), 19), 200, 8);
  expect(ordered.neighbours).toBeLessThan(0.3);
  expect(ordered.neighbourTop1).toBeGreaterThan(0.95);
  expect(ordered.unigram).toBeGreaterThan(4.5);
  const random = (seed: number, documents: number): EncodedDocuments =>
    randomDocuments(
      seed,
      Array.from({ length: documents }, () => 14),
      14,
    );
  const lines = linesOf(random(1, 300), random(2, 20), VOCAB_SIZE, 2);
  expect(Math.abs(lines.neighbours - lines.unigram)).toBeLessThan(0.05);
  expect(lines.unigram).toBeLessThan(lines.random + 0.01);
});
