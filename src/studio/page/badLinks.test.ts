/** The table of bad links: an address is written by anyone. What is not possible is left out and named; the rest is taken. */
import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../core/config.ts';
import { readHash } from './urlSettings.ts';

test.each([
  ['no number', '#train?training.steps=many', 'training.steps=many'],
  ['nothing', '#train?training.steps=', 'training.steps='],
  ['a negative number', '#train?training.steps=-5', 'training.steps=-5'],
  ['an absurd number', '#model?model.hiddenSize=1e99', 'model.hiddenSize=1e99'],
  ['infinity', '#model?model.hiddenSize=Infinity', 'model.hiddenSize=Infinity'],
  ['a fraction', '#tokenizer?tokenizer.vocabSize=300.5', 'tokenizer.vocabSize=300.5'],
  ['a learning rate of 100', '#train?training.learningRate=100', 'training.learningRate=100'],
  ['a word that is none of the choices', '#pipeline?pipeline.packing=zip', 'pipeline.packing=zip'],
  ['a setting that is none', '#data?data.secret=1', 'data.secret=1'],
  ['a prototype', '#data?__proto__.x=1', '__proto__.x=1'],
  ['markup', '#data?<img src=x>=1', '<img src=x>=1'],
  ['a name that never ends', `#data?${'a'.repeat(5000)}=1`, `${'a'.repeat(40)}…`],
])('%s', (_, hash, refused) => {
  const { config, notices } = readHash(hash);
  expect(config).toEqual(DEFAULT_CONFIG);
  expect(notices).toEqual([`This link contains invalid settings: ${refused}. The defaults are used instead.`]);
});

test.each([
  ['heads that do not divide', '#model?model.numAttentionHeads=3', 1],
  ['more warm-up than steps', '#train?training.steps=10&training.warmupSteps=20', 1],
  ['these, and a setting that is none', '#model?data.secret=1&model.numAttentionHeads=3', 2],
])('%s', (_, hash, sentences) => {
  const { config, notices } = readHash(hash);
  expect(config).toEqual(DEFAULT_CONFIG);
  expect(notices).toHaveLength(sentences);
  expect(notices.at(-1)).toBe(
    'The settings in this link are incompatible with each other. The defaults are used instead.',
  );
});

test('a step that is none is the first one; percent signs that are none break nothing', () => {
  expect(readHash('#nowhere?%E0%A4%A=1').step).toBe('data');
});

test('what is possible beside it is taken', () => {
  expect(readHash('#train?training.steps=-5&training.seed=7').config.training.seed).toBe(7);
});
