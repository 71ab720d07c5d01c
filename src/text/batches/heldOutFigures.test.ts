import { expect, test } from 'vitest';
import { LINE_BREAK_ID } from '../../../test/documents.ts';
import { calibrationError, documentError, type TokenScore, wholeWords } from './heldOutFigures.ts';

const score = (confidence: number, rank: number): TokenScore => ({ loss: 1, rank, confidence });
/** Two documents of four and three tokens; words begin at 0, 1, 3, 4 and 6. */
const documents = {
  ids: Int32Array.from([20, 21, 22, 23, 24, 25, 26]),
  documentStarts: Int32Array.from([0, 4, 7]),
  lineBreakId: LINE_BREAK_ID,
  wordStarts: Uint8Array.from([1, 1, 0, 1, 1, 0, 1]),
};

test('calibration: the distance between confidence and hits, bin by bin', () => {
  expect(calibrationError([score(0.8, 0), score(0.82, 3)])).toBeCloseTo(0.31);
  // Two bins that are wrong in opposite directions do not make up for each other.
  expect(calibrationError([score(0.1, 0), score(0.9, 1)])).toBeCloseTo(0.9);
  expect(calibrationError([score(1, 0), score(1, 0)])).toBe(0);
  expect(calibrationError([])).toBeNaN();
});

test('a loss that is not a number is no hit', () => {
  expect(calibrationError([{ loss: Number.NaN, rank: 0, confidence: 1 }])).toBe(1);
});

test('the error over documents grows with what sets documents apart, not with the masks on them', () => {
  const masked = [0, 1, 4, 5];
  // Means 1 and 3 around 2: the standard error of the mean of two documents of equal length is 1.
  expect(documentError(documents, masked, [1, 1, 3, 3])).toBeCloseTo(1);
  expect(documentError(documents, [...masked, ...masked], [1, 1, 3, 3, 1, 1, 3, 3])).toBeCloseTo(1);
  expect(documentError(documents, masked, [1, 3, 3, 1])).toBeCloseTo(0);
  expect(documentError(documents, [0, 1], [1, 2])).toBeNaN();
});

test('a word is right when all its pieces are', () => {
  expect(wholeWords(documents, [0, 1, 2, 4, 5], [true, true, false, true, true])).toEqual({ words: 3, right: 2 });
  // The same words again in another draw.
  expect(wholeWords(documents, [1, 2, 1, 2], [true, true, false, true])).toEqual({ words: 2, right: 1 });
  expect(wholeWords(documents, [], [])).toEqual({ words: 0, right: 0 });
});
