/**
 * Batches for the held-out loss: fixed masks, so that losses of different runs compare. Always 15%, always `<mask>`; which
 * tokens are masked depends on the split seed, the draw and the token's place in the held-out text alone: neither on the
 * row length nor on the run.
 */
import type { MaskingUnit } from '../../core/config.ts';
import { deriveSeed } from '../../core/rng.ts';
import { createAssembler } from './assemble.ts';
import { documentRanges, type EncodedDocuments } from './encodeDocuments.ts';
import { createMasker, type Masker, NOT_CHOSEN } from './masking.ts';
import { readStream, streamStarts } from './packedRows.ts';

/** Share of the held-out tokens that is masked. */
export const HELD_OUT_MASKING_RATE = 0.15;

/** A pass while training costs about as much as a few steps. */
const TRAINING_EXTENT: HeldOutExtent = { draws: 2, maximumTokens: 8192 };
/**
 * At the end as many draws as it takes for this many masked tokens: a token's loss deviates by about 2.5 nats, so that the
 * standard error of the mean is 2.5 / √19,000 = 0.018 nats.
 */
const FINAL_MASKED_TOKENS = 19_000;
const MOST_DRAWS = 256;
/** A long held-out text is read up to here: 15% of that many tokens are enough. */
const FINAL_TOKENS = 131_072;

/** How much of the held-out text is read, and how often. */
export interface HeldOutExtent {
  /** How often the text is read, each time with other masks. */
  readonly draws: number;
  /** Reads only that many tokens from the start of the held-out text (`</s>` between documents counts). */
  readonly maximumTokens: number;
}

/** The extent of a pass while training, or of the one at the end. */
export function heldOutExtent(documents: EncodedDocuments, when: 'training' | 'final'): HeldOutExtent {
  if (when === 'training') return TRAINING_EXTENT;
  const masked = HELD_OUT_MASKING_RATE * Math.min(documents.ids.length, FINAL_TOKENS);
  const draws = Math.max(1, Math.min(MOST_DRAWS, Math.ceil(FINAL_MASKED_TOKENS / Math.max(1, masked))));
  return { draws, maximumTokens: FINAL_TOKENS };
}

export interface HeldOutSettings extends HeldOutExtent {
  /** T. */
  readonly seqLength: number;
  /** B. */
  readonly batchSize: number;
  readonly splitSeed: number;
  readonly vocabSize: number;
  /** What is hidden together; default: each token by itself. */
  readonly unit?: MaskingUnit;
}

/** What tells which tokens are masked. */
export type MaskSettings = Omit<HeldOutSettings, 'seqLength' | 'batchSize'>;

/**
 * The held-out text in its own order, packed, once for each draw; a draw begins in a row of its own, and the rows of all draws
 * fill the batches one behind the other, so that many draws of a short text are few batches. The last row of a draw is padded
 * and rows missing from the last batch are `<s> </s>`, so that every token is read and B stays the same.
 * @returns the batches, and M of every one
 */
export function heldOutBatches(documents: EncodedDocuments, settings: HeldOutSettings) {
  const { seqLength, batchSize, draws, maximumTokens } = settings;
  const documentCount = documents.documentStarts.length - 1;
  if (documents.ids.length === 0) return { maskedRows: 8, batches: [] };
  const rowCapacity = seqLength - 2;
  const order = Int32Array.from({ length: documentCount }, (_, index) => index);
  const stream = { order, starts: streamStarts(documents, order) };
  const streamLength = Math.min(documents.ids.length + documentCount, maximumTokens);
  const drawRows = Math.ceil(streamLength / rowCapacity);
  const maskers = Array.from({ length: draws }, (_, draw) => drawMask(documents, settings, draw));
  const maskedRows = fullestBatch(documents, maskers, { streamLength, rowCapacity, drawRows, batchSize });
  const assemble = createAssembler(documents.ids, { batchSize, seqLength, maskedRows, everyPosition: false });
  const batches = Array.from({ length: Math.ceil((draws * drawRows) / batchSize) }, (_, batch) =>
    assemble((row, sources) => {
      const place = batch * batchSize + row;
      const masker = maskers[Math.floor(place / drawRows)];
      if (!masker) return FILLER;
      const start = (place % drawRows) * rowCapacity;
      const length = Math.min(rowCapacity, streamLength - start);
      readStream(documents, stream, start, sources.subarray(0, length));
      return { length, masker };
    }),
  );
  return { maskedRows, batches };
}

/** A row without text. */
const FILLER = { length: 0, masker: () => NOT_CHOSEN };

/**
 * The masked tokens of each draw, by their place in `EncodedDocuments.ids`, ascending: what the batches of the same settings
 * hide, in the same order.
 */
export function heldOutMasks(documents: EncodedDocuments, settings: MaskSettings): Int32Array[] {
  return Array.from({ length: settings.draws }, (_, draw) => {
    const masked = maskedPlaces(documents, drawMask(documents, settings, draw), settings.maximumTokens);
    return Int32Array.from(masked, ([index]) => index);
  });
}

/**
 * The documents as far as they are read: a `</s>` after each takes a place, too. One without tokens, all of which a normalizer
 * took away, is among them for the sake of that place.
 */
export function* rangesWithin(
  documents: EncodedDocuments,
  maximumTokens: number,
): Generator<readonly [document: number, start: number, end: number]> {
  for (const [document, start, end] of documentRanges(documents)) {
    if (start + document >= maximumTokens) return;
    yield [document, start, Math.min(end, maximumTokens - document)];
  }
}

/** The tokens that a mask hides, by their place in the ids, ascending, each with its document. */
function* maskedPlaces(
  documents: EncodedDocuments,
  masker: Masker,
  maximumTokens: number,
): Generator<[index: number, document: number]> {
  for (const [document, start, end] of rangesWithin(documents, maximumTokens)) {
    for (let index = start; index < end; index++) {
      if (masker(index, documents.ids[index] ?? 0) !== NOT_CHOSEN) yield [index, document];
    }
  }
}

function drawMask(
  documents: EncodedDocuments,
  { splitSeed, vocabSize, unit = 'token' }: Pick<HeldOutSettings, 'splitSeed' | 'vocabSize' | 'unit'>,
  draw: number,
): Masker {
  const rule = { rate: HELD_OUT_MASKING_RATE, strategy: 'mask', unit, vocabSize } as const;
  const name = unit === 'token' ? 'heldOut' : `heldOut ${unit}`;
  return createMasker(rule, deriveSeed(splitSeed, name, draw), documents);
}

/** The largest number of masked tokens in any batch, rounded up to a multiple of 8: here nothing may be left out. */
function fullestBatch(
  documents: EncodedDocuments,
  maskers: readonly Masker[],
  shape: { streamLength: number; rowCapacity: number; drawRows: number; batchSize: number },
): number {
  const { streamLength, rowCapacity, drawRows, batchSize } = shape;
  const masked = new Int32Array(Math.ceil((maskers.length * drawRows) / batchSize));
  for (const [draw, masker] of maskers.entries()) {
    for (const [index, document] of maskedPlaces(documents, masker, streamLength)) {
      const row = draw * drawRows + Math.floor((index + document) / rowCapacity);
      const batch = Math.floor(row / batchSize);
      masked[batch] = (masked[batch] ?? 0) + 1;
    }
  }
  const most = masked.reduce((a, b) => Math.max(a, b), 8);
  return 8 * Math.ceil(most / 8);
}
