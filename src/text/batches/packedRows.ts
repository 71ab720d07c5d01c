/**
 * Packed rows: the documents of an epoch in random order, joined by `</s>` (also after the last), rotated by a random
 * offset, cut into full rows. What is left over at the end of an epoch differs from epoch to epoch, so every token is seen
 * over time. The rows themselves are shuffled too, so that a text of one long document is not read in order.
 *
 *     documents A B C, order C A B, offset 2, rows of 4:   c c c </s> a a </s> b </s>   →   [c </s> a a] [</s> b </s> c]
 */
import { createRng, deriveSeed } from '../../core/rng.ts';
import { documentRanges, type EncodedDocuments } from './encodeDocuments.ts';
import { isMaskable } from './masking.ts';
import { keepLatest, lastAtOrBefore, momentsOf, type RowLayout, SEPARATOR } from './rowLayout.ts';

/** An epoch's stream of tokens, described rather than written out. */
interface Epoch {
  /** Documents in stream order. */
  readonly order: Int32Array;
  /** Where each of them starts in the stream; one entry more than documents. */
  readonly starts: Float64Array;
  /** Where the first row starts in the stream. */
  readonly offset: number;
  readonly rowOrder: Int32Array;
}

/** @param rowCapacity T − 2 */
export function createPackedRows(documents: EncodedDocuments, rowCapacity: number, seed: number): RowLayout {
  const documentCount = documents.documentStarts.length - 1;
  const streamLength = documents.ids.length + documentCount;
  const rowsPerEpoch = Math.max(1, Math.floor(streamLength / rowCapacity));
  const rowLength = Math.min(rowCapacity, streamLength);
  const epochOf = keepLatest((epoch: number): Epoch => {
    const rng = createRng(deriveSeed(seed, 'order', epoch));
    const order = rng.shuffle(Int32Array.from({ length: documentCount }, (_, index) => index));
    const offset = streamLength < rowCapacity ? 0 : rng.int(streamLength);
    const rowOrder = rng.shuffle(Int32Array.from({ length: rowsPerEpoch }, (_, index) => index));
    return { order, starts: streamStarts(documents, order), offset, rowOrder };
  });
  return {
    rowsPerEpoch,
    paddingShare: (rowCapacity - rowLength) / (rowCapacity + 2),
    maskableTokens: momentsOf(countMaskable(documents, rowLength)),
    readRow: (epochIndex, row, sources) => {
      const epoch = epochOf(epochIndex);
      const place = epoch.offset + (epoch.rowOrder[row] ?? 0) * rowLength;
      readStream(documents, epoch, place % streamLength, sources.subarray(0, rowLength));
      return rowLength;
    },
  };
}

/** Where the documents start in a stream that holds them in this order, each followed by `</s>`. */
export function streamStarts(documents: EncodedDocuments, order: Int32Array): Float64Array {
  const starts = new Float64Array(order.length + 1);
  let total = 0;
  for (const [place, document] of order.entries()) {
    starts[place] = total;
    total += documentLength(documents, document) + 1;
  }
  starts[order.length] = total;
  return starts;
}

/** Fills `sources` from the stream, starting at `place` and going on at the stream's start after its end. */
export function readStream(
  documents: EncodedDocuments,
  stream: Pick<Epoch, 'order' | 'starts'>,
  place: number,
  sources: Int32Array,
): void {
  const { order, starts } = stream;
  let slot = lastAtOrBefore(starts, place);
  let within = place - (starts[slot] ?? 0);
  for (let filled = 0; filled < sources.length; slot = (slot + 1) % order.length, within = 0) {
    const document = order[slot] ?? 0;
    const first = documents.documentStarts[document] ?? 0;
    const length = documentLength(documents, document);
    for (; within < length && filled < sources.length; within++) sources[filled++] = first + within;
    if (within === length && filled < sources.length) sources[filled++] = SEPARATOR;
  }
}

function documentLength({ documentStarts }: EncodedDocuments, document: number): number {
  return (documentStarts[document + 1] ?? 0) - (documentStarts[document] ?? 0);
}

/** Maskable tokens of each full row of the stream in the documents' own order. */
function* countMaskable(documents: EncodedDocuments, rowLength: number): Generator<number> {
  const { ids, lineBreakId } = documents;
  let [column, maskable] = [0, 0];
  for (const [, start, end] of documentRanges(documents)) {
    // A separator stands behind each document.
    for (let index = start; index <= end; index++) {
      if (index < end && isMaskable(ids[index] ?? 0, lineBreakId)) maskable++;
      if (++column < rowLength) continue;
      yield maskable;
      [column, maskable] = [0, 0];
    }
  }
}
