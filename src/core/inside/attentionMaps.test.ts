import { describe, expect, it } from 'vitest';
import {
  type AttentionMaps,
  attentionReceived,
  averageMap,
  describeMap,
  differenceMap,
  headMap,
  rolloutMap,
  strongest,
} from './attentionMaps.ts';

/** Two layers of two heads on two tokens: one head looks back, the other at itself. */
const MAPS: AttentionMaps = {
  layers: 2,
  heads: 2,
  tokens: 2,
  weights: Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
};

describe('maps of attention', () => {
  it('are found by layer and head, and averaged over heads', () => {
    expect([...headMap(MAPS, 0, 1)]).toEqual([1, 0, 0, 1]);
    expect([...averageMap(MAPS, 0)]).toEqual([1, 0, 0.5, 0.5]);
  });

  it('roll out by hand: half of each layer is the identity', () => {
    // Layer 1: ½ [[1,0],[½,½]] + ½ I = [[1,0],[¼,¾]]. Layer 2: [[¾,¼],[¼,¾]]; their product:
    expect([...rolloutMap(MAPS, 0)]).toEqual([1, 0, 0.25, 0.75]);
    expect([...rolloutMap(MAPS, 1)]).toEqual([0.8125, 0.1875, 0.4375, 0.5625]);
  });

  it('say in words where they look', () => {
    const size = 6;
    const before = new Float32Array(size * size);
    for (let from = 0; from < size; from++) before[from * size + Math.max(0, from - 1)] = 1;
    expect(describeMap(before)).toBe('mostly to the token before (100%)');
    const first = new Float32Array(size * size);
    for (let from = 0; from < size; from++) first[from * size] = 1;
    expect(describeMap(first)).toBe('mostly to the first token (100%)');
    expect(describeMap(new Float32Array(size * size).fill(1 / size))).toBe('to about 6 of 6 tokens at once');
  });

  it('give their largest weights, of differences by size', () => {
    const change = differenceMap(headMap(MAPS, 0, 0), headMap(MAPS, 0, 1));
    expect([...change]).toEqual([0, 0, 1, -1]);
    expect(strongest(headMap(MAPS, 0, 0), 1, 1)).toEqual([{ to: 0, weight: 1 }]);
    expect(strongest(Float32Array.of(0.1, -0.4, 0, 0), 0, 1)[0]?.to).toBe(1);
    expect([...attentionReceived(headMap(MAPS, 0, 0))]).toEqual([1, 0]);
  });
});
