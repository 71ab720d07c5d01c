/**
 * One sample (line) a row, padded, as the first BERT notebooks did. A line longer than a row is cut into several rows, so
 * that nothing is lost. Rows are shuffled every epoch.
 */
import { createRng, deriveSeed } from '../../core/rng.ts';
import { documentRanges, type EncodedDocuments } from './encodeDocuments.ts';
import { isMaskable } from './masking.ts';
import { keepLatest, momentsOf, type RowLayout } from './rowLayout.ts';

/** @param rowCapacity T − 2 */
export function createLineRows(documents: EncodedDocuments, rowCapacity: number, seed: number): RowLayout {
  const { starts, lengths } = cutLines(documents, rowCapacity);
  const rowsPerEpoch = starts.length;
  const orderOf = keepLatest((epoch: number) =>
    createRng(deriveSeed(seed, 'order', epoch)).shuffle(Int32Array.from(starts.keys())),
  );
  const tokens = lengths.reduce((sum, length) => sum + length + 2, 0);
  return {
    rowsPerEpoch,
    paddingShare: 1 - tokens / (rowsPerEpoch * (rowCapacity + 2)),
    maskableTokens: momentsOf(countMaskable(documents, starts, lengths)),
    readRow: (epoch, row, sources) => {
      const line = orderOf(epoch)[row] ?? 0;
      const start = starts[line] ?? 0;
      const length = lengths[line] ?? 0;
      for (let column = 0; column < length; column++) sources[column] = start + column;
      return length;
    },
  };
}

/** Where each row starts in `ids`, and its length; line breaks belong to no row. */
function cutLines(documents: EncodedDocuments, rowCapacity: number): { starts: Int32Array; lengths: Int32Array } {
  const { ids, lineBreakId } = documents;
  const starts: number[] = [];
  const lengths: number[] = [];
  const cut = (start: number, end: number): void => {
    for (let from = start; from < end; from += rowCapacity) {
      starts.push(from);
      lengths.push(Math.min(rowCapacity, end - from));
    }
  };
  for (const [, start, end] of documentRanges(documents)) {
    let lineStart = start;
    for (let index = start; index < end; index++) {
      if (ids[index] !== lineBreakId) continue;
      cut(lineStart, index);
      lineStart = index + 1;
    }
    cut(lineStart, end);
  }
  return { starts: Int32Array.from(starts), lengths: Int32Array.from(lengths) };
}

/** Maskable tokens of each row. */
function* countMaskable({ ids, lineBreakId }: EncodedDocuments, starts: Int32Array, lengths: Int32Array) {
  for (const [row, start] of starts.entries()) {
    let maskable = 0;
    const end = start + (lengths[row] ?? 0);
    for (let index = start; index < end; index++) if (isMaskable(ids[index] ?? 0, lineBreakId)) maskable++;
    yield maskable;
  }
}
