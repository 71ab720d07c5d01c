import { describe, expect, it } from 'vitest';
import { spreadLabels } from './spreadLabels.ts';

describe('spreadLabels', () => {
  it('leaves labels alone that do not touch', () => {
    expect(spreadLabels([80, 20], 10, 0, 100)).toEqual([80, 20]);
  });

  it('moves two apart about their middle', () => {
    expect(spreadLabels([52, 50], 10, 0, 100)).toEqual([56, 46]);
  });

  it('pushes a third one that comes in the way', () => {
    expect(spreadLabels([50, 52, 61], 10, 0, 100)).toEqual([
      expect.closeTo(44.33, 1),
      expect.closeTo(54.33, 1),
      expect.closeTo(64.33, 1),
    ]);
  });

  it('stays inside', () => {
    expect(spreadLabels([0, 1, 100], 10, 0, 100)).toEqual([0, 10, 100]);
  });
});
