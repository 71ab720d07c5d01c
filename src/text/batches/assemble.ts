/** From lists of places in the text to the arrays of a batch. */
import { BOS_ID, EOS_ID, PAD_ID } from '../../core/config.ts';
import type { Batch } from './batch.ts';
import { type Masker, NOT_CHOSEN } from './masking.ts';
import type { DrawTarget } from './neighbourTargets.ts';
import { SEPARATOR } from './rowLayout.ts';

export interface BatchShape {
  /** B. */
  readonly batchSize: number;
  /** T. */
  readonly seqLength: number;
  /** M. */
  readonly maskedRows: number;
  /** The loss reads every position, padding included, rather than the chosen ones. */
  readonly everyPosition: boolean;
}

/**
 * Lists a row's tokens by their place in the text.
 * @param sources receives the places; [T − 2]
 * @returns how many there are, and for this row the mask over the text, and what is to be predicted if not what stands there
 */
export type ReadRow = (
  row: number,
  sources: Int32Array,
) => { readonly length: number; readonly masker: Masker; readonly target?: DrawTarget };

const ownToken: DrawTarget = (_, own) => own;

/** @param ids the text's tokens, that places refer to */
export function createAssembler(ids: Int32Array, shape: BatchShape): (readRow: ReadRow) => Batch {
  const { batchSize: rows, seqLength: columns, maskedRows } = shape;
  const size = rows * columns;
  const sources = new Int32Array(columns - 2);
  return (readRow) => {
    const batch = {
      inputIds: new Int32Array(size).fill(PAD_ID),
      attentionMask: new Int32Array(size),
      labels: new Int32Array(size).fill(PAD_ID),
      chosen: new Uint8Array(size),
      maskedPositions: new Int32Array(maskedRows),
      maskedWeights: new Float32Array(maskedRows),
    };
    let tokens = 0;
    let maskedCount = 0;
    for (let row = 0; row < rows; row++) {
      const { length, masker, target = ownToken } = readRow(row, sources);
      const first = row * columns;
      writeRow(batch, first, ids, sources.subarray(0, length));
      tokens += length + 2;
      for (let column = 0; column < length && maskedCount < maskedRows; column++) {
        const source = sources[column] ?? SEPARATOR;
        const own = ids[source] ?? PAD_ID;
        const seen = source === SEPARATOR ? NOT_CHOSEN : masker(source, own);
        if (seen === NOT_CHOSEN) continue;
        const position = first + 1 + column;
        batch.inputIds[position] = seen;
        batch.chosen[position] = 1;
        batch.labels[position] = target(source, own);
        batch.maskedPositions[maskedCount] = position;
        batch.maskedWeights[maskedCount] = 1;
        maskedCount++;
      }
    }
    if (shape.everyPosition) {
      for (let position = 0; position < size; position++) batch.maskedPositions[position] = position;
      batch.maskedWeights.fill(1);
    }
    return { rows, columns, ...batch, tokens, maskedCount };
  };
}

/** Writes `<s> tokens </s>` to input ids and labels, and marks them in the attention mask. */
function writeRow(
  batch: Pick<Batch, 'inputIds' | 'labels' | 'attentionMask'>,
  first: number,
  ids: Int32Array,
  sources: Int32Array,
): void {
  batch.labels[first] = BOS_ID;
  for (const [column, source] of sources.entries()) {
    batch.labels[first + 1 + column] = source === SEPARATOR ? EOS_ID : (ids[source] ?? PAD_ID);
  }
  const end = first + sources.length + 2;
  batch.labels[end - 1] = EOS_ID;
  batch.inputIds.set(batch.labels.subarray(first, end), first);
  batch.attentionMask.fill(1, first, end);
}
