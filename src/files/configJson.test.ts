import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GOLDEN_CONFIG, PLAIN_FOLDER } from '../../test/exportedRun.ts';
import { configJson } from './configJson.ts';

const golden: unknown = JSON.parse(readFileSync('test/golden/tiny-roberta/config.json', 'utf8'));

test('equals the golden bundle key by key, and says which file Transformers.js is to load', () => {
  const { 'transformers.js_config': javascript, ...config } = JSON.parse(
    configJson(GOLDEN_CONFIG.model, 320, PLAIN_FOLDER),
  );
  expect(config).toEqual(golden);
  expect(javascript).toEqual({ dtype: 'fp32' });
});

test('floats stay floats for Python, whole numbers included', () => {
  const model = { ...GOLDEN_CONFIG.model, hiddenDropoutProb: 0, initializerRange: 1, layerNormEps: 1e-12 };
  const json = configJson(model, 320, PLAIN_FOLDER);
  expect(json).toContain('"hidden_dropout_prob": 0.0,');
  expect(json).toContain('"initializer_range": 1.0,');
  expect(json).toContain('"layer_norm_eps": 1e-12,');
  expect(json).toContain('"hidden_size": 32,');
  expect(JSON.parse(json)).toMatchObject({ hidden_dropout_prob: 0, initializer_range: 1, layer_norm_eps: 1e-12 });
});
