import { describe, expect, it } from 'vitest';
import { configForPreset, PAD_ID } from '../core/config.ts';
import { createRng } from '../core/rng.ts';
import { drawWeights } from './initialize.ts';
import { headOffset } from './neighbourHeads.ts';

const V = 300;
const sizes = configForPreset('tiny').model;
const model = { ...sizes, initialization: 'neighbours' as const };
const H = model.hiddenSize;
const D = H / model.numAttentionHeads;
const counts = new Uint32Array(V).map((_, id) => (id % 7) * 3);
const weights = drawWeights(model, V, 5, { counts, lineBreakId: 203 });
const at = (name: string): Float32Array => weights.get(name) ?? new Float32Array(0);

/** LayerNorm of word + position, with weight 1 and bias 0. */
function embed(id: number, position: number): Float64Array {
  const words = at('roberta.embeddings.word_embeddings.weight');
  const positions = at('roberta.embeddings.position_embeddings.weight');
  const sum = Float64Array.from({ length: H }, (_, d) => (words[id * H + d] ?? 0) + (positions[position * H + d] ?? 0));
  const mean = sum.reduce((a, b) => a + b, 0) / H;
  const variance = sum.reduce((a, b) => a + (b - mean) ** 2, 0) / H;
  return sum.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
}

function project(matrix: Float32Array, x: Float64Array, firstRow: number, rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, r) =>
    x.reduce((sum, value, d) => sum + (matrix[(firstRow + r) * H + d] ?? 0) * value, 0),
  );
}

describe('neighbour heads', () => {
  it('give most of their attention to the neighbour that they are aimed at', () => {
    const rng = createRng(1);
    const T = 24;
    const rows = Array.from({ length: T }, (_, t) => embed(5 + rng.int(V - 5), t + 2));
    const self = 'roberta.encoder.layer.0.attention.self';
    for (let head = 0; head < model.numAttentionHeads; head++) {
      const queries = rows.map((row) => project(at(`${self}.query.weight`), row, head * D, D));
      const keys = rows.map((row) => project(at(`${self}.key.weight`), row, head * D, D));
      let share = 0;
      for (let i = 4; i < T - 4; i++) {
        const scores = keys.map((key) => key.reduce((sum, k, d) => sum + k * (queries[i]?.[d] ?? 0), 0) / Math.sqrt(D));
        const highest = Math.max(...scores);
        const exps = scores.map((score) => Math.exp(score - highest));
        share += (exps[i + headOffset(0, head, model.numAttentionHeads)] ?? 0) / exps.reduce((a, b) => a + b, 0);
      }
      expect(share / (T - 8)).toBeGreaterThan(0.7);
    }
  });

  it('look both ways in the first layer, whatever the number of heads', () => {
    for (const heads of [2, 3, 4, 8, 12]) {
      const offsets = Array.from({ length: heads }, (_, head) => headOffset(0, head, heads));
      expect(new Set(offsets)).toEqual(new Set([-1, 1]));
    }
  });

  it('copy through a partial isometry: value and output keep lengths and write nothing into the position', () => {
    const value = at('roberta.encoder.layer.0.attention.self.value.weight');
    for (let a = 0; a < 2 * D; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let d = 0; d < H; d++) product += (value[a * H + d] ?? 0) * (value[b * H + d] ?? 0);
        expect(product).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    }
    const output = at('roberta.encoder.layer.0.attention.output.dense.weight');
    expect(output.slice(0, D * H).every((entry) => entry === 0)).toBe(true);
    expect(output.slice(D * H).some((entry) => entry !== 0)).toBe(true);
  });
});

describe('the rest', () => {
  it('starts the output bias at the log frequencies of what can be masked', () => {
    const bias = at('lm_head.bias');
    expect(bias.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 5);
    expect((bias[6] ?? 0) - (bias[7] ?? 0)).toBeCloseTo(Math.log(18.5 / 0.5), 4);
    expect(bias[203]).toBeCloseTo(bias[0] ?? 0, 6);
  });

  it('keeps pad rows 0, words out of the position dimensions, and repeats for a seed', () => {
    const words = at('roberta.embeddings.word_embeddings.weight');
    expect(words.slice(PAD_ID * H, (PAD_ID + 1) * H).every((entry) => entry === 0)).toBe(true);
    expect(words.slice(7 * H, 7 * H + D).every((entry) => entry === 0)).toBe(true);
    const positions = at('roberta.embeddings.position_embeddings.weight');
    expect(positions.slice(0, 2 * H).every((entry) => entry === 0)).toBe(true);
    expect(drawWeights(model, V, 5, { counts, lineBreakId: 203 })).toEqual(weights);
    const plain = drawWeights({ ...model, initialization: 'normal' }, V, 5, { counts, lineBreakId: 203 });
    expect(plain.get('lm_head.bias')?.every((entry) => entry === 0)).toBe(true);
  });
});
