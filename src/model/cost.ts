/**
 * What a model costs in training, before anything is allocated.
 *
 * V vocabulary, H hidden, F intermediate, L layers, A heads.
 */
import type { ModelConfig } from '../core/config.ts';
import { productsOf } from './ops.ts';
import { countParameters } from './parameters.ts';
import { roberta } from './roberta.ts';
import { trainingStep } from './step.ts';

/** Sizes of a batch, and the rows that the head reads. */
interface BatchShape {
  readonly batchSize: number;
  readonly seqLength: number;
  readonly maskedRows: number;
}

/** Floating-point operations of one training step: a multiplication and an addition for each product in its graph. */
export function trainingStepFlops(model: ModelConfig, vocabSize: number, batch: BatchShape): number {
  const sizes = { rows: batch.batchSize, columns: batch.seqLength, maskedRows: batch.maskedRows };
  return 2 * productsOf(trainingStep(roberta(model, vocabSize, sizes, 'training'), 0));
}

/**
 * Memory that a run takes on the device, in bytes: weights, gradients and both AdamW moments, and the activations that the
 * backward pass reads again (float32).
 */
export function trainingMemoryBytes(model: ModelConfig, vocabSize: number, batch: BatchShape): number {
  const { hiddenSize: H, intermediateSize: F, numHiddenLayers: L, numAttentionHeads: A } = model;
  const tokens = batch.batchSize * batch.seqLength;
  const perLayer = tokens * (14 * H + 4 * F + 5 * A * batch.seqLength);
  const activations = L * perLayer + 6 * tokens * H + batch.maskedRows * (4 * vocabSize + 4 * H);
  return 4 * (4 * countParameters(model, vocabSize) + activations);
}

/** A single buffer that a run needs, and the settings that make it smaller. */
export interface LargestBuffer {
  readonly sizeBytes: number;
  /** @example "the batch size or the sequence length" */
  readonly lower: string;
}

/** The largest single buffer of a run: adapters limit each, whatever they hold in all. */
export function largestBuffer(model: ModelConfig, vocabSize: number, batch: BatchShape): LargestBuffer {
  const { intermediateSize: F, numAttentionHeads: A, hiddenSize: H } = model;
  const tokens = batch.batchSize * batch.seqLength;
  const buffers: readonly LargestBuffer[] = [
    { sizeBytes: 4 * countParameters(model, vocabSize), lower: 'the hidden size or the number of layers' },
    { sizeBytes: 4 * tokens * Math.max(F, 3 * H), lower: 'the batch size or the sequence length' },
    { sizeBytes: 4 * A * tokens * batch.seqLength, lower: 'the sequence length or the batch size' },
    { sizeBytes: 4 * batch.maskedRows * vocabSize, lower: 'the batch size or the vocabulary size' },
  ];
  return buffers.reduce((largest, buffer) => (buffer.sizeBytes > largest.sizeBytes ? buffer : largest));
}

/** Which settings lower a run's memory most: those of the weights, or those of the batch. */
export function whatToLower(model: ModelConfig, vocabSize: number, batch: BatchShape): string {
  const weightBytes = 16 * countParameters(model, vocabSize);
  return 2 * weightBytes > trainingMemoryBytes(model, vocabSize, batch)
    ? 'the hidden size or the number of layers'
    : 'the batch size or the sequence length';
}
