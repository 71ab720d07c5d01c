/** The weights that a run starts from. */
import { type ModelConfig, PAD_ID, startsAtNeighbours } from '../core/config.ts';
import { createRng, deriveSeed } from '../core/rng.ts';
import { startAtNeighbours, type TokenCounts } from './neighbourHeads.ts';
import { parameterSpecs } from './parameters.ts';
import { type Parameter, sizeOf } from './value.ts';

/** Values of every parameter by its name in the state dict, in the file's order. */
export type Weights = ReadonlyMap<string, Float32Array>;

export function copyWeights(weights: Weights): Weights {
  return new Map([...weights].map(([name, values]) => [name, values.slice()]));
}

/** Tables whose row of `<pad>` starts at 0. The token-type table has one row, which is no pad row. */
const TABLES_WITH_PAD_ROW = /\.(word|position)_embeddings\.weight$/;

/**
 * Draws every parameter from a stream of its own, so that one parameter's values do not depend on the others' shapes:
 * matrices and tables normal(0, `initializerRange`), pad rows and biases 0, LayerNorm 1 and 0.
 * With `scaled`, a matrix's deviation is 0.9 / √inputs and a table's 0.9 / √H instead, so that what attention and feed-forward
 * add is of the size of what they read, at any width.
 * With `neighbours`, `startAtNeighbours` then writes its own over them; it reads how often each token of `text` occurs.
 * Source: `RobertaPreTrainedModel._init_weights` in transformers.
 */
export function drawWeights(
  model: ModelConfig,
  vocabSize: number,
  seed: number,
  text: TokenCounts | null = null,
): Weights {
  const weights = new Map(
    parameterSpecs(model, vocabSize).map((spec) => [spec.name, drawParameter(spec, model, seed)]),
  );
  if (startsAtNeighbours(model)) startAtNeighbours(weights, model, seed, text);
  return weights;
}

function drawParameter(spec: Parameter, model: ModelConfig, seed: number): Float32Array {
  const values = new Float32Array(sizeOf(spec.shape));
  switch (spec.kind) {
    case 'bias':
    case 'normBias':
      return values;
    case 'normWeight':
      return values.fill(1);
    case 'matrix':
    case 'embedding': {
      const rng = createRng(deriveSeed(seed, 'init', spec.name));
      const deviation = deviationOf(spec, model);
      for (let i = 0; i < values.length; i++) values[i] = deviation * rng.normal();
      if (TABLES_WITH_PAD_ROW.test(spec.name)) {
        values.fill(0, PAD_ID * model.hiddenSize, (PAD_ID + 1) * model.hiddenSize);
      }
      return values;
    }
  }
}

const SCALED_GAIN = 0.9;

function deviationOf({ shape }: Parameter, { initialization, initializerRange }: ModelConfig): number {
  // The last dimension is the inputs' of a matrix, and H of a table.
  return initialization === 'scaled' ? SCALED_GAIN / Math.sqrt(shape.at(-1) ?? 1) : initializerRange;
}
