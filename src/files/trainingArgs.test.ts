import { expect, test } from 'vitest';
import { testRun } from '../../test/exportedRun.ts';
import { configForPreset } from '../core/config.ts';
import { trainingArgsJson } from './trainingArgs.ts';

test('holds every setting in snake case, the split, the device and the versions', () => {
  const args = JSON.parse(trainingArgsJson(testRun()));
  expect(args).toMatchObject({
    data: { held_out_share: 0.1, split_seed: 1 },
    tokenizer: { vocab_size: 320, min_frequency: 2 },
    pipeline: { seq_length: 32, masking_rate: 0.3, masking_strategy: 'bert', loss_positions: 'masked' },
    model: { hidden_size: 32, max_position_embeddings: 66, layer_norm_eps: 1e-5 },
    training: { steps: 20, gradient_accumulation: 1, learning_rate: 0.001, beta1: 0.9, seed: 1 },
    split: { source_names: ['verses.txt'], training_documents: 139, held_out_tokens: 5432 },
    reached: { steps: 20, seconds: 61.235, train_loss: 4.25, held_out: { loss: 4.5, standard_error: 0.0123 } },
    device: { backend: 'webgpu', choice: 'auto', is_fallback_adapter: true },
    versions: { folio: '0.1.0', '@tensorflow/tfjs': '4.22.0' },
  });
  const config = configForPreset('micro');
  for (const part of ['data', 'tokenizer', 'pipeline', 'model', 'training'] as const) {
    expect(Object.keys(args[part])).toHaveLength(Object.keys(config[part]).length);
  }
  expect(trainingArgsJson(testRun())).not.toMatch(/"[a-z0-9]+[A-Z]\w*":/);
});

test('a value keeps its capitals', () => {
  const run = testRun();
  const pipeline = { ...run.config.pipeline, maskingStrategy: 'noUnchanged' } as const;
  const args = JSON.parse(trainingArgsJson({ ...run, config: { ...run.config, pipeline } }));
  expect(args.pipeline.masking_strategy).toBe('noUnchanged');
});

test('a run with nothing held out says so with null', () => {
  expect(JSON.parse(trainingArgsJson(testRun({ heldOut: [], points: [] }))).reached).toMatchObject({
    held_out: null,
    train_loss: null,
  });
});
