/**
 * The parameters of RoBERTa with a masked-LM head: names, shapes and order, as `transformers` writes them, and what they
 * cost. The weights carry these names and the `[out, in]` layout from birth, so that export copies bytes.
 *
 * V vocabulary, H hidden, F intermediate, P positions, L layers.
 */
import type { ModelConfig } from '../config.ts';

/** How a parameter starts. `pad row`: the row of `<pad>` is 0. */
export type ParameterKind = 'embedding' | 'matrix' | 'bias' | 'normWeight' | 'normBias';

export interface ParameterSpec {
  /** Name in the state dict. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: ParameterKind;
  /** Whether AdamW's weight decay applies: not to biases nor LayerNorm. */
  readonly decay: boolean;
}

/**
 * All parameters in the order in which the file holds them. The decoder is tied to the word table and is not among them.
 * Source: `RobertaForMaskedLM` in transformers, `modeling_roberta.py`.
 */
export function parameterSpecs(model: ModelConfig, vocabSize: number): ParameterSpec[] {
  const { hiddenSize: H, intermediateSize: F, maxPositionEmbeddings: P } = model;
  const embedding = (name: string, rows: number): ParameterSpec[] => [
    { name: `${name}.weight`, shape: [rows, H], kind: 'embedding', decay: true },
  ];
  const linear = (name: string, rows: number, columns: number): ParameterSpec[] => [
    { name: `${name}.weight`, shape: [rows, columns], kind: 'matrix', decay: true },
    { name: `${name}.bias`, shape: [rows], kind: 'bias', decay: false },
  ];
  const norm = (name: string): ParameterSpec[] => [
    { name: `${name}.weight`, shape: [H], kind: 'normWeight', decay: false },
    { name: `${name}.bias`, shape: [H], kind: 'normBias', decay: false },
  ];
  const layer = (index: number): ParameterSpec[] => {
    const prefix = `roberta.encoder.layer.${index}`;
    return [
      ...linear(`${prefix}.attention.self.query`, H, H),
      ...linear(`${prefix}.attention.self.key`, H, H),
      ...linear(`${prefix}.attention.self.value`, H, H),
      ...linear(`${prefix}.attention.output.dense`, H, H),
      ...norm(`${prefix}.attention.output.LayerNorm`),
      ...linear(`${prefix}.intermediate.dense`, F, H),
      ...linear(`${prefix}.output.dense`, H, F),
      ...norm(`${prefix}.output.LayerNorm`),
    ];
  };
  return [
    ...embedding('roberta.embeddings.word_embeddings', vocabSize),
    ...embedding('roberta.embeddings.position_embeddings', P),
    ...embedding('roberta.embeddings.token_type_embeddings', 1),
    ...norm('roberta.embeddings.LayerNorm'),
    ...Array.from({ length: model.numHiddenLayers }, (_, index) => layer(index)).flat(),
    ...linear('lm_head.dense', H, H),
    ...norm('lm_head.layer_norm'),
    { name: 'lm_head.bias', shape: [vocabSize], kind: 'bias', decay: false },
  ];
}

/** Number of entries of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Number of trainable numbers. */
export function countParameters(model: ModelConfig, vocabSize: number): number {
  return parameterSpecs(model, vocabSize).reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
}

/**
 * Floating-point operations of one training step: twice the multiplications of the forward pass for each of forward,
 * input gradients and weight gradients. The vocabulary projection reads the masked rows only.
 * @param maskedRows M, the rows that the head reads
 */
export function trainingStepFlops(
  model: ModelConfig,
  vocabSize: number,
  batch: { readonly batchSize: number; readonly seqLength: number; readonly maskedRows: number },
): number {
  const { hiddenSize: H, intermediateSize: F, numHiddenLayers: L } = model;
  const tokens = batch.batchSize * batch.seqLength;
  const perLayer = tokens * (4 * H * H + 2 * H * F + 2 * batch.seqLength * H);
  const head = batch.maskedRows * (H * H + H * vocabSize);
  return 6 * (L * perLayer + head);
}

/**
 * Memory that a run takes on the device, in bytes: weights, gradients and both AdamW moments, and the activations that the
 * backward pass reads again (float32).
 */
export function trainingMemoryBytes(
  model: ModelConfig,
  vocabSize: number,
  batch: { readonly batchSize: number; readonly seqLength: number; readonly maskedRows: number },
): number {
  const { hiddenSize: H, intermediateSize: F, numHiddenLayers: L, numAttentionHeads: A } = model;
  const tokens = batch.batchSize * batch.seqLength;
  const perLayer = tokens * (14 * H + 4 * F + 5 * A * batch.seqLength);
  const activations = L * perLayer + 6 * tokens * H + batch.maskedRows * (4 * vocabSize + 4 * H);
  return 4 * (4 * countParameters(model, vocabSize) + activations);
}

interface BatchShape {
  readonly batchSize: number;
  readonly seqLength: number;
  readonly maskedRows: number;
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
