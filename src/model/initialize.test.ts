import { expect, test } from 'vitest';
import { configForPreset, PAD_ID } from '../core/config.ts';
import { drawWeights, type Weights } from './initialize.ts';
import { parameterSpecs } from './parameters.ts';
import { sizeOf } from './value.ts';

const { model } = configForPreset('micro');
const VOCAB_SIZE = 300;
const weights = drawWeights(model, VOCAB_SIZE, 7);

function valuesOf(source: Weights, name: string): Float32Array {
  const values = source.get(name);
  if (values === undefined) throw new Error(`no ${name}`);
  return values;
}

test('every parameter of the state dict is there, in its order and size', () => {
  const specs = parameterSpecs(model, VOCAB_SIZE);
  expect([...weights.keys()]).toEqual(specs.map((spec) => spec.name));
  for (const spec of specs) expect(valuesOf(weights, spec.name).length).toBe(sizeOf(spec.shape));
});

test('matrices have mean 0 and the deviation of the settings; biases are 0, LayerNorm is 1 and 0', () => {
  for (const spec of parameterSpecs(model, VOCAB_SIZE)) {
    const values = valuesOf(weights, spec.name);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    if (spec.kind === 'bias' || spec.kind === 'normBias') expect(new Set(values)).toEqual(new Set([0]));
    if (spec.kind === 'normWeight') expect(new Set(values)).toEqual(new Set([1]));
    if (spec.kind !== 'matrix') continue;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    // Five standard errors of a normal sample of 1,024 numbers or more.
    expect(Math.abs(mean)).toBeLessThan((5 * 0.02) / Math.sqrt(values.length));
    expect(Math.abs(deviation - 0.02)).toBeLessThan((5 * 0.02) / Math.sqrt(2 * values.length));
  }
});

test('scaled: what a layer adds is about as large as what it reads, at any width', () => {
  const scaled = drawWeights({ ...model, hiddenSize: 96, initialization: 'scaled' }, VOCAB_SIZE, 7);
  const deviation = (name: string): number => {
    const values = valuesOf(scaled, name);
    return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  };
  const layer = 'roberta.encoder.layer.0';
  expect(deviation(`${layer}.attention.self.query.weight`)).toBeCloseTo(0.9 / Math.sqrt(96), 2);
  expect(deviation(`${layer}.output.dense.weight`)).toBeCloseTo(0.9 / Math.sqrt(model.intermediateSize), 2);
  expect(deviation('roberta.embeddings.word_embeddings.weight')).toBeCloseTo(0.9 / Math.sqrt(96), 2);
});

test('the pad rows of the word and the position table are 0, their neighbours are not', () => {
  for (const table of ['word_embeddings', 'position_embeddings']) {
    const values = valuesOf(weights, `roberta.embeddings.${table}.weight`);
    const row = (index: number): Float32Array =>
      values.subarray(index * model.hiddenSize, (index + 1) * model.hiddenSize);
    expect(row(PAD_ID).every((value) => value === 0)).toBe(true);
    expect(row(PAD_ID - 1).every((value) => value !== 0)).toBe(true);
    expect(row(PAD_ID + 1).every((value) => value !== 0)).toBe(true);
  }
  expect(valuesOf(weights, 'roberta.embeddings.token_type_embeddings.weight').every((value) => value !== 0)).toBe(true);
});

test('a parameter depends on the seed and its name only', () => {
  expect(drawWeights(model, VOCAB_SIZE, 7)).toEqual(weights);
  const name = 'roberta.encoder.layer.0.attention.self.query.weight';
  const otherSeed = drawWeights(model, VOCAB_SIZE, 8);
  expect(valuesOf(otherSeed, name)).not.toEqual(valuesOf(weights, name));
  const deeper = drawWeights({ ...model, numHiddenLayers: 3 }, VOCAB_SIZE + 50, 7);
  expect(valuesOf(deeper, name)).toEqual(valuesOf(weights, name));
  expect(valuesOf(weights, name.replace('query', 'key'))).not.toEqual(valuesOf(weights, name));
});
