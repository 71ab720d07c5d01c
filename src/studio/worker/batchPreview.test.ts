import { expect, test, vi } from 'vitest';
import { configForPreset } from '../../core/config.ts';
import { commands } from './commands.ts';
import { createSession } from './session.ts';

const { data, pipeline } = configForPreset('micro');
const TEXT = Array.from({ length: 400 }, (_, line) => `Line ${line} of a text that is long enough.`).join('\n');

test('targets drawn from neighbour counts change the labels, and not what was done to a token', async () => {
  vi.stubGlobal('navigator', {});
  const state = createSession(() => undefined);
  await commands['data.load'](state, { source: { kind: 'paste', text: TEXT }, config: data });
  const tokenizer = { config: { vocabSize: 300, minFrequency: 2 } };
  await commands['tokenizer.train'](state, tokenizer, new AbortController().signal);
  const preview = (neighbourTargets: number) =>
    commands['pipeline.preview'](state, { config: { ...pipeline, neighbourTargets }, batchSize: 32, seed: 1, step: 0 });
  const [own, drawn] = [await preview(0), await preview(0.9)];
  expect(own.labels).toEqual(own.originals);
  expect(drawn.labels).not.toEqual(own.labels);
  expect(drawn.originals).toEqual(own.labels);
  expect(drawn.inputIds).toEqual(own.inputIds);
  expect(drawn.chosen).toEqual(own.chosen);
});
