import { describe, expect, test } from 'vitest';
import { GOLDEN_CONFIG } from '../../test/exportedRun.ts';
import { readGoldenTensors } from '../../test/goldenTensors.ts';
import { configForPreset } from '../core/config.ts';
import { trainingStepFlops } from './cost.ts';
import { GraphBuilder } from './graph.ts';
import { parameterSpecs } from './parameters.ts';
import { roberta } from './roberta.ts';
import { trainingStep } from './step.ts';
import { padded, sizeOf } from './value.ts';

const { model } = configForPreset('tiny');
const SIZES = { rows: 3, columns: 8, maskedRows: 5 };

test('parameters have the names and sizes that transformers writes', () => {
  const golden = [...readGoldenTensors()].map(([name, values]) => [name, values.length]).sort();
  const ours = parameterSpecs(GOLDEN_CONFIG.model, 320).map(({ name, shape }) => [name, sizeOf(shape)]);
  expect(ours.sort()).toEqual(golden);
});

test('shapes of what comes out', () => {
  expect(roberta(model, 300, SIZES, 'inference').outputs['logits']?.shape).toEqual([5, 300]);
  const { outputs } = roberta(model, 300, SIZES, 'inside');
  const shapes = Object.fromEntries(Object.entries(outputs).map(([name, { shape }]) => [name, shape]));
  const logits = { 'logits.0': [24, 300], 'logits.1': [24, 300], 'logits.2': [24, 300] };
  expect(shapes).toEqual({ ...logits, 'attention.0': [3, 4, 8, 8], 'attention.1': [3, 4, 8, 8] });
});

test('heads of any size lie each by itself, filled up to a multiple of four; an attention over others is refused', () => {
  const odd = { ...model, hiddenSize: 30, numAttentionHeads: 3, intermediateSize: 67 };
  const { nodes } = roberta(odd, 301, SIZES, 'inference');
  const [attention] = nodes.filter((node) => node.op === 'attention');
  expect(attention?.in.qkv.shape).toEqual([24, 90]);
  expect([attention?.in.qkv, attention?.out.y].map((value) => value && padded(value))).toEqual([108, 36]);
  const graph = new GraphBuilder();
  const ins = { qkv: graph.input('qkv', [24, 90]), attended: graph.input('attended', [3, 8]) };
  expect(() => graph.add('attention', ins, { heads: 3, rate: 0, site: 0 })).toThrow(/head by head/);
});

test('only training drops units, at places that no purpose numbers differently', () => {
  const dropping = { ...model, hiddenDropoutProb: 0.1, attentionProbsDropoutProb: 0 };
  const drops = (purpose: 'training' | 'inference') => {
    const { nodes, dropoutSites } = roberta(dropping, 300, SIZES, purpose);
    return {
      sites: dropoutSites,
      at: nodes.flatMap(({ op, attributes }) => (op === 'dropout' ? [attributes.site] : [])),
    };
  };
  expect(drops('training')).toEqual({ sites: 7, at: [0, 2, 3, 5, 6] });
  expect(drops('inference')).toEqual({ sites: 7, at: [] });
});

describe('the backward pass', () => {
  const graph = trainingStep(roberta(model, 300, SIZES, 'training'), 0);

  test('reaches every parameter, in its shape; what has a gradient already is added to', () => {
    const written = new Map<string, boolean[]>();
    for (const { out, adds } of graph.nodes) {
      for (const [name, value] of Object.entries(out)) {
        if (value.role !== 'gradient') continue;
        for (const part of value.parts ?? [value])
          written.set(part.name, [...(written.get(part.name) ?? []), adds.has(name)]);
      }
    }
    expect([...written.keys()].sort()).toEqual(graph.parameters.map(({ name }) => name).sort());
    for (const [name, adds] of written) {
      expect(adds, name).toEqual(name.includes('word_embeddings') ? [false, true] : [false]);
    }
  });

  test('reads nothing before it is computed', () => {
    const known = new Set([...graph.inputs, ...graph.parameters]);
    for (const node of graph.nodes) {
      const ins = Object.values(node.in).flatMap((value) => value.parts ?? [value]);
      for (const value of ins) expect(known.has(value) || value.role === 'parameter', value.name).toBe(true);
      for (const value of Object.values(node.out)) known.add(value);
    }
  });

  test('takes twice the products of the way there', () => {
    const { hiddenSize: H, intermediateSize: F, numHiddenLayers: L } = model;
    const layer = 24 * (4 * H * H + 2 * H * F + 2 * 8 * H);
    const batch = { batchSize: 3, seqLength: 8, maskedRows: 5 };
    expect(trainingStepFlops(model, 300, batch)).toBe(6 * (L * layer + 5 * (H * H + H * 300)));
  });
});
