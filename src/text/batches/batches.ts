/**
 * Batches for training, each a pure function of (run seed, index):
 *
 *     const source = createBatchSource(documents, { pipeline, batchSize, seed, vocabSize });
 *     const batch = source.batch(step * gradientAccumulation + k);
 */
import type { PipelineConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { deriveSeed } from '../../core/rng.ts';
import { createAssembler } from './assemble.ts';
import type { Batch } from './batch.ts';
import type { EncodedDocuments } from './encodeDocuments.ts';
import { createLineRows } from './lineRows.ts';
import { createMasker, type Masker } from './masking.ts';
import { type DrawTarget, NeighbourTargets } from './neighbourTargets.ts';
import { createPackedRows } from './packedRows.ts';
import { keepLatest, type RowLayout } from './rowLayout.ts';

export interface BatchSettings {
  readonly pipeline: PipelineConfig;
  readonly batchSize: number;
  /** Seed of the run. */
  readonly seed: number;
  readonly vocabSize: number;
}

export type BatchSource = ReturnType<typeof createBatchSource>;

/**
 * Rows of the training documents in a new order every epoch, masked. A batch that reaches beyond an epoch goes on in the
 * next one.
 * @throws StudioError `dataTooShort` if there is no token to train on
 */
export function createBatchSource(documents: EncodedDocuments, settings: BatchSettings) {
  const { pipeline, batchSize, seed, vocabSize } = settings;
  const { seqLength, maskingRate: rate } = pipeline;
  if (documents.ids.length === 0) {
    throw new StudioError('dataTooShort', 'There are no tokens to cut into sequences.', { tokens: 0 });
  }
  const layout: RowLayout =
    pipeline.packing === 'packed'
      ? createPackedRows(documents, seqLength - 2, seed)
      : createLineRows(documents, seqLength - 2, seed);
  const { rowsPerEpoch } = layout;
  const rule = { rate, strategy: pipeline.maskingStrategy, unit: pipeline.maskingUnit, vocabSize };
  const maskerOf = keepLatest((epoch: number): Masker => {
    const epochSeed = pipeline.masking === 'static' ? deriveSeed(seed, 'mask') : deriveSeed(seed, 'mask', epoch);
    return createMasker(rule, epochSeed, documents);
  });
  const targets = pipeline.neighbourTargets > 0 ? new NeighbourTargets(documents, vocabSize) : null;
  const targetOf = keepLatest((epoch: number): { readonly target?: DrawTarget } =>
    targets === null ? {} : { target: targets.drawer(pipeline.neighbourTargets, deriveSeed(seed, 'target', epoch)) },
  );
  const everyPosition = pipeline.lossPositions === 'all';
  const maskedRows = everyPosition ? batchSize * seqLength : maskCapacity(layout, batchSize, pipeline);
  const assemble = createAssembler(documents.ids, { batchSize, seqLength, maskedRows, everyPosition });
  return {
    rowsPerEpoch,
    /** M. */
    maskedRows,
    /** Share of an epoch's positions that is padding. */
    paddingShare: layout.paddingShare,
    /** Epoch (from 0) of the first row of a batch. */
    epochOf: (index: number): number => Math.floor((index * batchSize) / rowsPerEpoch),
    /** The same batch for the same index, whatever was asked for before. @param drawn false: with the text's own tokens as targets */
    batch: (index: number, drawn = true): Batch =>
      assemble((row, sources) => {
        const place = index * batchSize + row;
        const epoch = Math.floor(place / rowsPerEpoch);
        const length = layout.readRow(epoch, place % rowsPerEpoch, sources);
        return { length, masker: maskerOf(epoch), ...(drawn && targetOf(epoch)) };
      }),
  };
}

/** Tokens that are hidden by one choice, about: words have up to a few pieces, spans a few words. */
const HIDDEN_TOGETHER: Readonly<Record<PipelineConfig['maskingUnit'], number>> = { token: 1, word: 2.5, span: 12 };

/**
 * M: room for the chosen tokens of a batch. Their number is a sum over B rows of binomials whose size is the row's number
 * of maskable tokens n: mean B·E[n]·p, variance B·(E[n]·p·(1 − p) + Var[n]·p²). Six deviations leave about one batch in a
 * thousand million without room; it masks a few tokens less. Tokens that are hidden together add to the variance.
 */
function maskCapacity(layout: RowLayout, batchSize: number, pipeline: PipelineConfig): number {
  const { mean, variance } = layout.maskableTokens;
  const { maskingRate: rate, seqLength } = pipeline;
  const together = HIDDEN_TOGETHER[pipeline.maskingUnit];
  const deviation = Math.sqrt(batchSize * (mean * rate * (1 - rate) * together + variance * rate * rate));
  const wanted = Math.min(batchSize * (seqLength - 2), batchSize * mean * rate + 6 * deviation);
  return Math.max(8, 8 * Math.ceil(wanted / 8));
}
