import { describe, expect, it } from 'vitest';
import { configForPreset } from '../../core/config.ts';
import { estimateModel, modelParts } from './modelEstimate.ts';

describe('modelParts', () => {
  it('adds up to the published size of roberta-base', () => {
    const base = {
      ...configForPreset('roberta-6x768').model,
      numHiddenLayers: 12,
      maxPositionEmbeddings: 514,
    };
    const parts = modelParts(base, 50_265);
    const total = parts.embeddings + 12 * (parts.attention + parts.feedForward) + parts.head;
    // RobertaForMaskedLM('roberta-base').num_parameters(), tied decoder counted once.
    expect(total).toBe(124_697_433);
  });
});

describe('estimateModel', () => {
  it('charges accumulation as time but not as memory', () => {
    const once = configForPreset('tiny');
    const twice = { ...once, training: { ...once.training, gradientAccumulation: 2 } };
    expect(estimateModel(twice, 1024).flopsPerStep).toBe(2 * estimateModel(once, 1024).flopsPerStep);
    expect(estimateModel(twice, 1024).memoryBytes).toBe(estimateModel(once, 1024).memoryBytes);
  });

  it('reads the vocabulary at every position when the loss does', () => {
    const masked = configForPreset('tiny');
    const all = { ...masked, pipeline: { ...masked.pipeline, lossPositions: 'all' as const } };
    expect(estimateModel(all, 1024).memoryBytes).toBeGreaterThan(estimateModel(masked, 1024).memoryBytes);
  });
});
