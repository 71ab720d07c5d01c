import { expect, test } from 'vitest';
import { testRun } from '../../../test/exportedRun.ts';
import { configForPreset, type RunConfig, withField } from '../../core/config.ts';
import { nameRun } from './runNames.ts';

const tiny = configForPreset('tiny');
const text = { ...testRun().corpus, sourceNames: ['my novel.txt'], notices: [], isSonnets: false };
const sonnets = { ...text, isSonnets: true };
const named = (...configs: RunConfig[]): string[] => {
  const runs: { name: string; config: RunConfig }[] = [];
  for (const config of configs) runs.push({ name: nameRun(config, sonnets, runs), config });
  return runs.map(({ name }) => name);
};

test('the first run is named by its text and its size', () => {
  expect(nameRun(tiny, sonnets, [])).toBe('Sonnets · tiny');
  expect(nameRun(tiny, text, [])).toBe('my novel · tiny');
  expect(nameRun(withField(tiny, 'model.hiddenSize', 96), text, [])).toBe('my novel · custom');
});

test('the next ones by what differs, and no two alike', () => {
  const faster = withField(tiny, 'training.learningRate', 0.003);
  const seeded = withField(withField(faster, 'training.seed', 2), 'training.schedule', 'linear');
  expect(named(tiny, faster, faster, faster, seeded)).toEqual([
    'Sonnets · tiny',
    'Sonnets · lr 0.003',
    'Sonnets · tiny · 2',
    'Sonnets · tiny · 3',
    'Sonnets · schedule Linear · seed 2',
  ]);
});

test('in a sweep every run has its value', () => {
  expect(nameRun(tiny, sonnets, [{ name: 'x', config: tiny }], 'training.learningRate')).toBe('Sonnets · lr 0.0015');
});
