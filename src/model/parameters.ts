/** The parameters of a model, read off its graph. The weights carry their state-dict names and `[out, in]` layout from birth. */
import type { ModelConfig } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import type { Graph } from './graph.ts';
import { roberta } from './roberta.ts';
import { type Parameter, sizeOf } from './value.ts';

/** The network with the smallest batch: for what does not depend on the batch. */
export function networkOf(model: ModelConfig, vocabSize: number): Graph {
  return roberta(model, vocabSize, { rows: 1, columns: 1, maskedRows: 1 }, 'inference');
}

/** All parameters in the order in which the file holds them. The decoder is tied to the word table and is not among them. */
export function parameterSpecs(model: ModelConfig, vocabSize: number): readonly Parameter[] {
  return networkOf(model, vocabSize).parameters;
}

/** The values of a parameter. @throws StudioError `internal` if they are missing, or not as many as it has */
export function valuesOf({ name, shape }: Parameter, values: ReadonlyMap<string, Float32Array>): Float32Array {
  const own = values.get(name);
  if (own?.length === sizeOf(shape)) return own;
  throw new StudioError('internal', `values of ${name}: ${own?.length ?? 0} numbers for [${shape}]`, { name });
}

/** Number of trainable numbers. */
export function countParameters(model: ModelConfig, vocabSize: number): number {
  return parameterSpecs(model, vocabSize).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
