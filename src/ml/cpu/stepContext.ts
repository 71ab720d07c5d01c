/**
 * What the parts of a step's program are built from. B rows, T columns, N = B·T positions, H hidden, F feed-forward,
 * V vocabulary, M rows read by the head. Names of addresses: `d…` holds the gradient of what comes after the d.
 *
 * Source: `RobertaForMaskedLM` in transformers, `modeling_roberta.py`; `ml/model/roberta.ts` is the same in tfjs ops.
 */
import type { ModelConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import type { BatchPacking, BatchSizes, InputName } from '../step/batchPacking.ts';
import type { ParameterLayout } from '../step/parameterLayout.ts';
import { floatBits, type ProgramBuilder } from './programBuilder.ts';

export interface StepContext {
  readonly program: ProgramBuilder;
  readonly model: ModelConfig;
  readonly vocabSize: number;
  readonly layout: ParameterLayout;
  /** Addresses of the flat parameters and gradients. A program without a backward pass has no gradients. */
  readonly parameters: number;
  readonly gradients: number;
  readonly sizes: BatchSizes;
  readonly packing: BatchPacking;
  /** Address of the packed batch. */
  readonly inputs: number;
  /** Nothing is dropped in evaluation, and nothing is kept for a backward pass. */
  readonly training: boolean;
  /** Share of each target that is spread evenly over the vocabulary. */
  readonly labelSmoothing: number;
  /** Gradients and figures are added to what is there, since a step has several batches. */
  readonly accumulate: boolean;
}

/** Arguments of a kernel that drops units: address of the seed, threshold, scale. */
export type DropoutArguments = readonly [seed: number, threshold: number, scaleBits: number];

export function inputAt({ inputs, packing }: StepContext, name: InputName): number {
  return inputs + 4 * packing.stretch(name).start;
}

/** A parameter, or a layer's packed ones; see `ParameterLayout.stretchOf`. */
export function parameterAt(context: StepContext, name: string): number {
  return context.parameters + 4 * startOf(context, name);
}

export function gradientAt(context: StepContext, name: string): number {
  return context.gradients + 4 * startOf(context, name);
}

/** A place where hidden states are dropped. @param site see `BatchPacking.seed` */
export function hiddenDropout({ model, training, inputs, packing }: StepContext, site: number): DropoutArguments {
  return dropout(training ? model.hiddenDropoutProb : 0, inputs + 4 * packing.seed(site).start);
}

export function probabilityDropout({ model, training, inputs, packing }: StepContext, layer: number): DropoutArguments {
  return dropout(training ? model.attentionProbsDropoutProb : 0, inputs + 4 * packing.seed(1 + 3 * layer).start);
}

/** Positions of a batch. */
export function positionsOf({ sizes }: StepContext): number {
  return sizes.rows * sizes.columns;
}

/** Names of a layer's parameters. */
export function layerName(layer: number): string {
  return `roberta.encoder.layer.${layer}`;
}

/** The same choice as `ml/kernels/dropout.ts` makes. */
function dropout(rate: number, seed: number): DropoutArguments {
  return rate <= 0 ? [seed, 0, floatBits(1)] : [seed, Math.floor(rate * 2 ** 32) | 0, floatBits(1 / (1 - rate))];
}

function startOf({ layout }: StepContext, name: string): number {
  const stretch = layout.stretchOf.get(name);
  if (stretch === undefined) throw new StudioError('internal', `no parameter ${name}`, { name });
  return stretch.start;
}
