/** What a model costs in training, read off the graph of a step before anything is allocated. */
import type { ModelConfig } from '../core/config.ts';
import { accessOf, resultOf, shareMemory } from './fusionAndMemory.ts';
import type { Graph } from './graph.ts';
import { productsOf } from './ops.ts';
import { countParameters } from './parameters.ts';
import { roberta } from './roberta.ts';
import { trainingStep } from './step.ts';
import { lengthOf, type Value } from './value.ts';

/** Sizes of a batch, and the rows that the head reads. */
interface BatchShape {
  readonly batchSize: number;
  readonly seqLength: number;
  readonly maskedRows: number;
}

/** Floating-point operations of one training step: a multiplication and an addition for each product in its graph. */
export function trainingStepFlops(model: ModelConfig, vocabSize: number, batch: BatchShape): number {
  return 2 * productsOf(stepOf(model, vocabSize, batch));
}

/** Weights for tfjs and for the step, gradients and both AdamW moments. */
const COPIES = 5;

/**
 * Memory that a run takes on the device, in bytes (float32): weights, gradients and moments, and the activations of a step at
 * their most. Kernels that do several nodes at once need less; tfjs's ops, on WebGL and plain JavaScript, about twice as much.
 */
export function trainingMemoryBytes(model: ModelConfig, vocabSize: number, batch: BatchShape): number {
  const { nodes, outputs } = stepOf(model, vocabSize, batch);
  const accesses = nodes.map((node) => accessOf([node], [resultOf(node)]));
  const { lengths } = shareMemory(accesses, Object.values(outputs));
  return 4 * (COPIES * countParameters(model, vocabSize) + lengths.reduce((sum, length) => sum + length, 0));
}

/** A single buffer that a run needs, and the settings that make it smaller. */
export interface LargestBuffer {
  readonly sizeBytes: number;
  /** @example "the batch size or the sequence length" */
  readonly lower: string;
}

const LOWER = {
  weights: 'the hidden size or the number of layers',
  batch: 'the batch size or the sequence length',
  probabilities: 'the sequence length or the batch size',
  logits: 'the batch size or the vocabulary size',
} as const;

/** The largest single buffer of a run: adapters limit each, whatever they hold in all. */
export function largestBuffer(model: ModelConfig, vocabSize: number, batch: BatchShape): LargestBuffer {
  let largest = { sizeBytes: 4 * countParameters(model, vocabSize), lower: LOWER.weights as string };
  const consider = (value: Value, lower: string): void => {
    const sizeBytes = 4 * lengthOf(value);
    if (value.role === 'activation' && sizeBytes > largest.sizeBytes) largest = { sizeBytes, lower };
  };
  // Backwards, so that the logits are met as what the loss reads.
  for (const node of stepOf(model, vocabSize, batch).nodes.toReversed()) {
    if (node.op === 'attention') consider(node.out.probabilities, LOWER.probabilities);
    consider(resultOf(node), node.op === 'crossEntropy' ? LOWER.logits : LOWER.batch);
  }
  return largest;
}

/** Which settings lower a run's memory most: those of the weights, or those of the batch. */
export function whatToLower(model: ModelConfig, vocabSize: number, batch: BatchShape): string {
  const weightBytes = 4 * COPIES * countParameters(model, vocabSize);
  return 2 * weightBytes > trainingMemoryBytes(model, vocabSize, batch) ? LOWER.weights : LOWER.batch;
}

function stepOf(model: ModelConfig, vocabSize: number, { batchSize, seqLength, maskedRows }: BatchShape): Graph {
  return trainingStep(roberta(model, vocabSize, { rows: batchSize, columns: seqLength, maskedRows }, 'training'), 0);
}
