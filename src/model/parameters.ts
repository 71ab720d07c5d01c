/** The parameters of a model, read off its graph. The weights carry their state-dict names and `[out, in]` layout from birth. */
import type { ModelConfig } from '../core/config.ts';
import { roberta } from './roberta.ts';
import { type Parameter, sizeOf } from './value.ts';

/** All parameters in the order in which the file holds them. The decoder is tied to the word table and is not among them. */
export function parameterSpecs(model: ModelConfig, vocabSize: number): readonly Parameter[] {
  return roberta(model, vocabSize, { rows: 1, columns: 1, maskedRows: 1 }, 'inference').parameters;
}

/** Number of trainable numbers. */
export function countParameters(model: ModelConfig, vocabSize: number): number {
  return parameterSpecs(model, vocabSize).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
