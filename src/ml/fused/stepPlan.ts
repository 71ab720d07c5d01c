/**
 * One training step of RoBERTa as a list of dispatches: forward and backward pass of one batch, and the optimizer's update.
 *
 * B rows, T columns, N = B·T positions, H hidden, F feed-forward, V vocabulary, M rows read by the head. Names of ranges:
 * `d…` holds the gradient of what comes after the d.
 *
 * Source: `RobertaForMaskedLM` in transformers, `modeling_roberta.py`; `ml/model/roberta.ts` is the same in tfjs ops.
 */

import type { ModelConfig, TrainingConfig } from '../../core/config.ts';
import type { KernelStyle } from '../../core/device.ts';
import { ALIGNMENT } from '../step/alignment.ts';
import type { BatchSizes } from '../step/batchPacking.ts';
import type { BatchInputs } from './batchInputs.ts';
import type { AttentionShape } from './kernels/attentionShape.ts';
import type { PartsShape } from './kernels/rowSums.ts';
import { stretchesOf } from './kernels/rowSums.ts';
import type { Dropout } from './kernels/wgsl.ts';
import { Plan, type Range } from './plan.ts';
import type { TrainingState } from './state.ts';

/** Everything that the parts of a plan are built from. */
export interface StepContext {
  readonly plan: Plan;
  readonly style: KernelStyle;
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  readonly vocabSize: number;
  readonly sizes: BatchSizes;
  readonly state: TrainingState;
  readonly inputs: BatchInputs;
  readonly shape: AttentionShape;
  readonly partsShape: PartsShape;
  /** Gradients and figures are added to what is there, since a step has several batches. */
  readonly accumulate: boolean;
}

/** What a layer's forward pass leaves for its backward pass. */
export interface LayerActivations {
  /** What the layer reads: the output of the one before. */
  readonly input: Range; // [N, H]
  readonly qkv: Range; // [N, 3H]
  readonly probabilities: Range; // [B, A, T, T]
  readonly context: Range; // [N, H]
  readonly attentionSum: Range; // [N, H]
  readonly attentionMoments: Range; // [N, 2]
  readonly middle: Range; // [N, H]
  readonly wide: Range; // [N, F]
  readonly slope: Range; // [N, F]
  readonly outputSum: Range; // [N, H]
  readonly outputMoments: Range; // [N, 2]
  readonly output: Range; // [N, H]
}

/** The embeddings' and the head's. */
export interface OuterActivations {
  readonly embeddingSum: Range; // [N, H]
  readonly embeddingMoments: Range; // [N, 2]
  readonly embedded: Range; // [N, H]
  readonly headWide: Range; // [M, H]
  readonly headSlope: Range; // [M, H]
  readonly headMoments: Range; // [M, 2]
  readonly headOutput: Range; // [M, H]
  readonly logits: Range; // [M, V padded]
  readonly figures: Range; // [M, 2]
}

/** Memory of the backward pass, used by every layer in turn. */
export interface Scratch {
  /** Gradient of a layer's output. */
  readonly dOutput: Range; // [N, H]
  /** Gradient of the hidden states between attention and feed-forward. */
  readonly dMiddle: Range; // [N, H]
  /** Gradient of a residual sum, and what of it passes the dropout. */
  readonly dSum: Range; // [N, H]
  readonly dDense: Range; // [N, H]
  readonly dWide: Range; // [N, F]
  readonly dContext: Range; // [N, H]
  readonly dScores: Range; // [B, A, T, T]
  readonly dQkv: Range; // [N, 3H]
  readonly dHeadOutput: Range; // [M, H]
  readonly dHeadWide: Range; // [M, H]
  readonly dMasked: Range; // [M, H]
  readonly parts: Range;
}

/** @param inputs of the same sizes; they and the state outlive the plan */
export function createStepContext(
  device: GPUDevice,
  options: Omit<StepContext, 'plan' | 'shape' | 'partsShape' | 'accumulate'>,
): StepContext {
  const { model, sizes, state, training } = options;
  const { hiddenSize: width, numAttentionHeads: heads } = model;
  const stride = ALIGNMENT * Math.ceil(width / ALIGNMENT);
  return {
    ...options,
    plan: new Plan(device),
    accumulate: training.gradientAccumulation > 1,
    shape: { batch: sizes.rows, columns: sizes.columns, heads, headSize: width / heads },
    partsShape: {
      width,
      stride,
      columns: state.layout.rowSums.length,
      stretches: stretchesOf(sizes.rows * sizes.columns),
    },
  };
}

/** A place where hidden states are dropped. @param site see `BatchInputs.seed` */
export function hiddenDropout({ model, inputs }: StepContext, site: number): Dropout {
  return { rate: model.hiddenDropoutProb, seed: inputs.seed(site) };
}

export function probabilityDropout({ model, inputs }: StepContext, layer: number): Dropout {
  return { rate: model.attentionProbsDropoutProb, seed: inputs.seed(1 + 3 * layer) };
}

/** First column of a parameter's sums in the parts; see `kernels/rowSums.ts`. */
export function columnOf({ state }: StepContext, name: string): number {
  return state.parameter(name).start - state.layout.rowSums.start;
}

/** Names of a layer's parameters. */
export function layerName(layer: number): string {
  return `roberta.encoder.layer.${layer}`;
}
