/**
 * Batches for the held-out loss: fixed masks, so that losses of different runs compare. Always 15%, always `<mask>`; which
 * tokens are masked depends on the split seed, the draw and the token's place in the held-out text alone: neither on the
 * row length nor on the run.
 */
import { deriveSeed } from '../rng.ts';
import { createAssembler } from './assemble.ts';
import type { Batch } from './batches.ts';
import type { EncodedDocuments } from './encodeDocuments.ts';
import { createMasker, type Masker, NOT_CHOSEN } from './masking.ts';
import { readStream, streamStarts } from './packedRows.ts';

/** Share of the held-out tokens that is masked. */
const HELD_OUT_MASKING_RATE = 0.15;

export interface HeldOutSettings {
  /** T. */
  readonly seqLength: number;
  /** B. */
  readonly batchSize: number;
  readonly splitSeed: number;
  readonly vocabSize: number;
  /** How often the text is read, each time with other masks. */
  readonly draws: number;
  /** Reads only that many tokens from the start of the held-out text (`</s>` between documents counts); default: all. */
  readonly maximumTokens?: number;
}

export interface HeldOutBatches {
  /** M of every batch. */
  readonly maskedRows: number;
  readonly batches: Batch[];
}

/**
 * The held-out text in its own order, packed, once for each draw. The last row is padded and rows missing from the
 * last batch are `<s> </s>`, so that every token is read and B stays the same.
 */
export function heldOutBatches(documents: EncodedDocuments, settings: HeldOutSettings): HeldOutBatches {
  const { seqLength, batchSize, draws, maximumTokens = Number.POSITIVE_INFINITY } = settings;
  const documentCount = documents.documentStarts.length - 1;
  if (documents.ids.length === 0) return { maskedRows: 8, batches: [] };
  const rowCapacity = seqLength - 2;
  const order = Int32Array.from({ length: documentCount }, (_, index) => index);
  const stream = { order, starts: streamStarts(documents, order) };
  const streamLength = Math.min(documents.ids.length + documentCount, maximumTokens);
  const batchCount = Math.ceil(Math.ceil(streamLength / rowCapacity) / batchSize);
  const maskers = Array.from({ length: draws }, (_, draw) => drawMask(documents, settings, draw));
  const tokensPerBatch = batchSize * rowCapacity;
  const maskedRows = maskers.reduce(
    (most, masker) => Math.max(most, fullestBatch(documents, masker, tokensPerBatch)),
    8,
  );
  const assemble = createAssembler(documents.ids, { batchSize, seqLength, maskedRows, everyPosition: false });
  const batches = maskers.flatMap((masker) =>
    Array.from({ length: batchCount }, (_, batch) =>
      assemble((row, sources) => {
        const place = (batch * batchSize + row) * rowCapacity;
        const length = Math.max(0, Math.min(rowCapacity, streamLength - place));
        readStream(documents, stream, place, sources.subarray(0, length));
        return { length, masker };
      }),
    ),
  );
  return { maskedRows, batches };
}

function drawMask(documents: EncodedDocuments, { splitSeed, vocabSize }: HeldOutSettings, draw: number): Masker {
  const rule = {
    rate: HELD_OUT_MASKING_RATE,
    strategy: 'mask',
    vocabSize,
    lineBreakId: documents.lineBreakId,
  } as const;
  return createMasker(rule, deriveSeed(splitSeed, 'heldOut', draw));
}

/** The largest number of masked tokens in any batch, rounded up to a multiple of 8: here nothing may be left out. */
function fullestBatch(documents: EncodedDocuments, masker: Masker, tokensPerBatch: number): number {
  const { ids, documentStarts } = documents;
  let place = 0;
  let masked = 0;
  let most = 0;
  for (let document = 0; document + 1 < documentStarts.length; document++) {
    const end = documentStarts[document + 1] ?? 0;
    for (let index = documentStarts[document] ?? 0; index <= end; index++) {
      if (index < end && masker(index, ids[index] ?? 0) !== NOT_CHOSEN) masked++;
      most = Math.max(most, masked);
      if (++place % tokensPerBatch === 0) masked = 0;
    }
  }
  return 8 * Math.ceil(most / 8);
}
