/** Documents for tests: random token ids in lines and documents. */
import fc from 'fast-check';
import { FIRST_ORDINARY_ID } from '../src/core/config.ts';
import { createRng } from '../src/core/rng.ts';
import type { EncodedDocuments } from '../src/text/batches/encodeDocuments.ts';

export const LINE_BREAK_ID = 17;
export const VOCAB_SIZE = 300;

/** Documents with these numbers of lines, each line of a random length. */
export function randomDocuments(seed: number, lineCounts: readonly number[], longestLine: number): EncodedDocuments {
  const rng = createRng(seed);
  const ids: number[] = [];
  const documentStarts = [0];
  const wordStarts: number[] = [];
  for (const lines of lineCounts) {
    for (let line = 0; line < lines; line++) {
      if (line > 0) {
        ids.push(LINE_BREAK_ID);
        wordStarts.push(1);
      }
      const length = 1 + rng.int(longestLine);
      for (let column = 0; column < length; column++) {
        const id = FIRST_ORDINARY_ID + rng.int(VOCAB_SIZE - FIRST_ORDINARY_ID - 1);
        ids.push(id < LINE_BREAK_ID ? id : id + 1);
        // Words of one piece or more.
        wordStarts.push(column === 0 || id % 2 === 0 ? 1 : 0);
      }
    }
    documentStarts.push(ids.length);
  }
  return {
    ids: Int32Array.from(ids),
    documentStarts: Int32Array.from(documentStarts),
    lineBreakId: LINE_BREAK_ID,
    wordStarts: Uint8Array.from(wordStarts),
  };
}

/** Any small set of documents. */
export const anyDocuments: fc.Arbitrary<EncodedDocuments> = fc
  .tuple(
    fc.integer(),
    fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1, max: 30 }),
  )
  .map(([seed, lineCounts, longestLine]) => randomDocuments(seed, lineCounts, longestLine));
