import { describe, expect, it } from 'vitest';
import {
  configForPreset,
  DEFAULT_CONFIG,
  FIELD_PATHS,
  type FieldPath,
  type RunConfig,
  readField,
  settingOf,
  withField,
} from '../../core/config.ts';
import { configProblems } from './limits.ts';
import { readHash, writeHash } from './urlSettings.ts';

const changed: RunConfig = {
  ...configForPreset('micro'),
  tokenizer: { vocabSize: 2048, minFrequency: 3 },
  training: { ...configForPreset('micro').training, learningRate: 0.0005, seed: 7, schedule: 'cosine' },
};

describe('the address', () => {
  it('is the step alone for the defaults', () => {
    expect(writeHash('tokenizer', DEFAULT_CONFIG)).toBe('#tokenizer');
  });

  it('brings back every setting', () => {
    expect(readHash(writeHash('train', changed))).toEqual({ step: 'train', config: changed, notices: [] });
  });

  it('brings back the whole set-up, whichever fields were changed', () => {
    const otherValue = (config: RunConfig, path: FieldPath): string | number | undefined => {
      const [setting, value] = [settingOf(path), readField(config, path)];
      const near = (number: number): number[] => [2 * number, number / 2, number + 1, 0.5, 3];
      const candidates = setting.kind === 'choice' ? Object.keys(setting.options) : near(Number(value));
      return candidates.find((other) => other !== value && configProblems(withField(config, path, other)).size === 0);
    };
    let all = DEFAULT_CONFIG;
    for (const path of FIELD_PATHS) {
      const value = otherValue(all, path);
      expect(value, path).toBeDefined();
      all = withField(all, path, value ?? '');
      const alone = withField(DEFAULT_CONFIG, path, otherValue(DEFAULT_CONFIG, path) ?? '');
      expect(readHash(writeHash('train', alone)), path).toEqual({ step: 'train', config: alone, notices: [] });
    }
    expect(readHash(writeHash('model', all))).toEqual({ step: 'model', config: all, notices: [] });
    expect(writeHash('model', all).split('&')).toHaveLength(FIELD_PATHS.length);
  });

  it('holds only what differs', () => {
    const config = { ...DEFAULT_CONFIG, training: { ...DEFAULT_CONFIG.training, seed: 9 } };
    expect(writeHash('data', config)).toBe('#data?training.seed=9');
  });

  it.each([
    ['#tokenizer?tokenizer.vocabSize=-5'],
    ['#tokenizer?tokenizer.vocabSize=1e99'],
    ['#tokenizer?tokenizer.vocabSize='],
    ['#tokenizer?tokenizer.vocabSize=many'],
    ['#tokenizer?tokenizer.vocabSize=512.5'],
    ['#tokenizer?pipeline.packing=<script>'],
    ['#tokenizer?__proto__.polluted=1'],
    ['#tokenizer?model.numAttentionHeads=7'],
  ])('falls back to the defaults for %s and says so', (hash) => {
    const read = readHash(hash);
    expect(read.step).toBe('tokenizer');
    expect(read.config).toEqual(DEFAULT_CONFIG);
    expect(read.notices).toHaveLength(1);
  });

  it('keeps the possible settings beside an impossible one', () => {
    const read = readHash('#model?training.seed=3&training.steps=0');
    expect(read.config.training.seed).toBe(3);
    expect(read.config.training.steps).toBe(DEFAULT_CONFIG.training.steps);
    expect(read.notices[0]).toContain('training.steps=0');
  });

  it('opens the first step for anything else', () => {
    expect(readHash('')).toEqual({ step: 'data', config: DEFAULT_CONFIG, notices: [] });
    expect(readHash('#nowhere').step).toBe('data');
  });

  it('leaves impossible numbers of the fields out', () => {
    const config = { ...DEFAULT_CONFIG, tokenizer: { vocabSize: Number.NaN, minFrequency: 4 } };
    expect(writeHash('tokenizer', config)).toBe('#tokenizer?tokenizer.minFrequency=4');
  });
});
