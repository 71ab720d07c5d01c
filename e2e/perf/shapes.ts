/** What the benchmark measures: fixed shapes, and the same random batches for every engine. */
import { configForPreset, type ModelConfig, type TrainingConfig } from '../../src/core/config.ts';
import { createRng } from '../../src/core/rng.ts';

/** A RoBERTa and its batches. */
export interface BenchShape {
  readonly name: string;
  /** H. */
  readonly hiddenSize: number;
  /** L. */
  readonly layers: number;
  /** A. */
  readonly heads: number;
  /** T. */
  readonly seqLength: number;
  /** B. */
  readonly batchSize: number;
  /** V. */
  readonly vocabSize: number;
}

/** The intermediate size is four times the hidden size. */
export const SHAPES: readonly BenchShape[] = [
  { name: 'bench-micro', hiddenSize: 32, layers: 2, heads: 2, seqLength: 16, batchSize: 4, vocabSize: 300 },
  { name: 'bench-tiny', hiddenSize: 64, layers: 2, heads: 2, seqLength: 32, batchSize: 16, vocabSize: 2000 },
  { name: 'bench-small', hiddenSize: 128, layers: 4, heads: 4, seqLength: 64, batchSize: 16, vocabSize: 4000 },
];

/** What is measured on a graphics card: those, and the presets that fill one. */
export const CARD_SHAPES: readonly BenchShape[] = [
  ...SHAPES,
  { name: 'tiny', hiddenSize: 128, layers: 2, heads: 4, seqLength: 64, batchSize: 32, vocabSize: 512 },
  { name: 'mini', hiddenSize: 256, layers: 4, heads: 4, seqLength: 64, batchSize: 32, vocabSize: 4000 },
  { name: 'small', hiddenSize: 512, layers: 4, heads: 8, seqLength: 128, batchSize: 16, vocabSize: 8000 },
  { name: 'roberta-6x768', hiddenSize: 768, layers: 6, heads: 12, seqLength: 512, batchSize: 8, vocabSize: 8000 },
];

/** Share of the positions that are masked and read by the loss. */
const MASKING_RATE = 0.15;
const MASK_ID = 3;
const FIRST_ORDINARY_ID = 5;
/** Different batches; a run of more steps goes round. */
export const BATCHES = 4;

export interface BenchBatch {
  readonly inputIds: Int32Array; // [B·T]
  readonly labels: Int32Array; // [B·T]
  readonly positions: Int32Array; // [M]
}

/** M. */
export function maskedRows({ batchSize, seqLength }: BenchShape): number {
  return Math.round(MASKING_RATE * batchSize * seqLength);
}

/** Random tokens, with M of them masked. Full rows: no engine has padding to skip. */
export function benchBatch(shape: BenchShape, seed: number): BenchBatch {
  const rng = createRng(seed);
  const count = shape.batchSize * shape.seqLength;
  const labels = Int32Array.from(
    { length: count },
    () => FIRST_ORDINARY_ID + rng.int(shape.vocabSize - FIRST_ORDINARY_ID),
  );
  const places = rng.shuffle(Int32Array.from({ length: count }, (_, place) => place));
  const positions = places.slice(0, maskedRows(shape)).sort();
  const inputIds = labels.slice();
  for (const position of positions) inputIds[position] = MASK_ID;
  return { inputIds, labels, positions };
}

/** Folio's model of a shape: the library's initial weights, dropout of hidden states 0.1. */
export function modelConfig(shape: BenchShape): ModelConfig {
  return {
    ...configForPreset('tiny').model,
    hiddenSize: shape.hiddenSize,
    numHiddenLayers: shape.layers,
    numAttentionHeads: shape.heads,
    intermediateSize: 4 * shape.hiddenSize,
    maxPositionEmbeddings: shape.seqLength + 2,
    initialization: 'normal',
    hiddenDropoutProb: 0.1,
  };
}

/** The optimizer that every engine uses, as far as it has it: AdamW at a constant rate, clipping at norm 1. */
export function trainingConfig(shape: BenchShape): TrainingConfig {
  return {
    ...configForPreset('tiny').training,
    batchSize: shape.batchSize,
    steps: 1_000_000,
    warmupSteps: 0,
    schedule: 'constant',
    learningRate: 1e-3,
    weightDecay: 0.1,
  };
}
