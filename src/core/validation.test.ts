import * as v from 'valibot';
import { expect, test } from 'vitest';
import { configForPreset, DEFAULT_CONFIG, PRESET_NAMES } from './config.ts';
import { StudioError } from './errors.ts';
import { storedConfigSchema, validatePart, validateRunConfig, validateRunSettings } from './validation.ts';

/** The default run with one field changed. */
const changed = (part: keyof typeof DEFAULT_CONFIG, key: string, value: unknown): unknown => ({
  ...DEFAULT_CONFIG,
  [part]: { ...DEFAULT_CONFIG[part], [key]: value },
});

const refusal = (value: unknown): StudioError => {
  try {
    validateRunConfig(value);
  } catch (thrown) {
    if (thrown instanceof StudioError) return thrown;
  }
  throw new Error('was not refused');
};

test.each(PRESET_NAMES)('preset %s is valid and comes back as it was', (name) => {
  expect(validateRunConfig(configForPreset(name))).toEqual(configForPreset(name));
});

test.each([
  ['data', 'heldOutShare', 0.51, 'dataSettings', 'from 0 to 0.5.'],
  ['data', 'splitSeed', -1, 'dataSettings', 'a whole number from 0 to 4,294,967,295.'],
  ['tokenizer', 'vocabSize', 260, 'tokenizerSettings', 'a whole number from 261 to 200,000.'],
  ['tokenizer', 'minFrequency', 1.5, 'tokenizerSettings', 'a whole number from 1 to 1,000,000.'],
  ['pipeline', 'seqLength', 7, 'pipelineSettings', 'a whole number from 8 to 4,096.'],
  ['pipeline', 'maskingRate', Number.NaN, 'pipelineSettings', 'from 0.01 to 0.9.'],
  ['model', 'numHiddenLayers', 0, 'modelSettings', 'a whole number from 1 to 64.'],
  ['model', 'hiddenDropoutProb', '0.1', 'modelSettings', 'from 0 to 0.9.'],
  ['training', 'steps', 1000001, 'trainingSettings', 'a whole number from 1 to 1,000,000.'],
  ['training', 'learningRate', -0.1, 'trainingSettings', 'from 0 to 10.'],
  ['training', 'epsilon', 0, 'trainingSettings', 'from 1e-12 to 0.1.'],
  ['training', 'gradientAccumulation', 0, 'trainingSettings', 'a whole number from 1 to 1,024.'],
  ['training', 'seed', 0.5, 'trainingSettings', 'a whole number from 0 to 4,294,967,295.'],
] as const)('%s.%s = %s is refused with its limits', (part, key, value, code, limits) => {
  const error = refusal(changed(part, key, value));
  const rule = `The value must be ${limits}`;
  expect(error.code).toBe(code);
  expect(error.details).toMatchObject({ key, value, rule, field: expect.stringMatching(/^[A-Z]/) });
});

test.each([
  ['pipeline', 'packing', 'sorted', 'The value must be one of packed, lines.'],
  ['training', 'schedule', undefined, 'The value must be one of linear, cosine, oneCycle, constant.'],
  ['model', 'numAttentionHeads', 3, 'The value must divide the hidden size, 128: 2 or 4 would.'],
  ['training', 'warmupSteps', 1501, 'The value can’t be more than the 1,500 steps of the run.'],
  ['pipeline', 'seqLength', 65, 'A model with 66 positions reads 64 tokens at most.'],
] as const)('%s.%s = %s is refused with the rule', (part, key, value, rule) => {
  expect(refusal(changed(part, key, value)).details).toMatchObject({ key, rule });
});

test('one step is said in the singular', () => {
  const training = { ...DEFAULT_CONFIG.training, steps: 1, warmupSteps: 2 };
  expect(refusal({ ...DEFAULT_CONFIG, training }).details['rule']).toBe(
    'The value can’t be more than the 1 step of the run.',
  );
});

test('what is no settings at all is refused', () => {
  expect(refusal(null).code).toBe('dataSettings');
  expect(refusal({ ...DEFAULT_CONFIG, data: 'x' }).code).toBe('dataSettings');
  const { seed: _, ...seedless } = DEFAULT_CONFIG.training;
  expect(() => validatePart('training', seedless)).toThrowError(/Random seed/);
});

test('a pipeline is valid on its own without a model', () => {
  const pipeline = { ...DEFAULT_CONFIG.pipeline, seqLength: 512 };
  expect(validatePart('pipeline', pipeline)).toEqual(pipeline);
  expect(() => validateRunSettings({ ...DEFAULT_CONFIG, pipeline })).toThrowError(StudioError);
});

test('a learning rate of 0 and a clip norm of 0 are allowed', () => {
  expect(validatePart('training', { ...DEFAULT_CONFIG.training, learningRate: 0, clipNorm: 0 }).learningRate).toBe(0);
});

test('a run that was stored before targets were drawn from counts draws none', () => {
  const { neighbourTargets: _, ...pipeline } = DEFAULT_CONFIG.pipeline;
  expect(DEFAULT_CONFIG.pipeline.neighbourTargets).toBeGreaterThan(0);
  expect(v.parse(storedConfigSchema, { ...DEFAULT_CONFIG, pipeline }).pipeline).toEqual({
    ...pipeline,
    neighbourTargets: 0,
  });
});

test('a setting that an older Folio did not store has its default; what it stored is kept and checked', () => {
  const config = configForPreset('micro');
  const { patience: _, ...older } = { ...config.training, seed: 7 };
  const stored = { ...config, training: older };
  expect(v.parse(storedConfigSchema, stored)).toEqual({ ...config, training: { ...config.training, seed: 7 } });
  expect(v.is(storedConfigSchema, { ...config, training: { ...older, seed: -7 } })).toBe(false);
});
