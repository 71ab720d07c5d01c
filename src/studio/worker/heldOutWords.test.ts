/** Held-out words of a run, on the plain backend. */
import { beforeAll, expect, it, vi } from 'vitest';
import { configForPreset } from '../../core/config.ts';
import { commands } from './commands.ts';
import { askedWords, asksWords, evaluateWords, heldOutWords } from './heldOutWords.ts';
import type { LiveModel } from './liveModel.ts';
import { createSession, requireModel } from './session.ts';

const PRESET = configForPreset('micro');
const WORDS = ['fox', 'dog', 'cat', 'hen', 'owl', 'ant', 'bee'];
const DOCUMENTS = Array.from({ length: 20 }, (_, document) => {
  const word = (offset: number): string => WORDS[(document * offset) % WORDS.length] ?? '';
  return `The ${word(1)} sees a ${word(2)} here.\nA ${word(3)} hears the ${word(5)}, ${word(4)} and ${word(6)}.`;
});

async function createLive(heldOutShare: number): Promise<LiveModel> {
  const state = createSession(() => undefined);
  const { signal } = new AbortController();
  await commands['device.probe'](state, { choice: 'cpu' });
  const source = { kind: 'paste', text: DOCUMENTS.join('\n\n') } as const;
  await commands['data.load'](state, { source, config: { ...PRESET.data, heldOutShare } });
  await commands['tokenizer.train'](state, { config: { vocabSize: 290, minFrequency: 2 } }, signal);
  await commands['model.create'](state, {
    model: PRESET.model,
    pipeline: PRESET.pipeline,
    training: PRESET.training,
  });
  return requireModel(state);
}

let live: LiveModel;

beforeAll(async () => {
  // Node 20 has none; what is asked of it here is whether there is a graphics card.
  vi.stubGlobal('navigator', {});
  live = await createLive(0.2);
});

it('counts every word that is asked for, and while training a quarter on which the table does as well', async () => {
  const asked = await askedWords(live.tokens);
  const words = await heldOutWords(live);
  const share = (among: number): number => {
    const ranks = (words ?? []).map(({ rank }) => rank ?? Number.POSITIVE_INFINITY);
    return ranks.filter((rank) => rank < among).length / ranks.length;
  };
  const weights = await live.roberta.readWeights();
  const all = await evaluateWords(live, 'final');
  expect(all).toEqual({ top1: share(1), top5: share(5), words: asked?.places.length });
  const part = await evaluateWords(live, 'training');
  expect(part?.words).toBeGreaterThanOrEqual((all?.words ?? 0) / 4);
  expect(part?.words).toBeLessThan((all?.words ?? 0) / 4 + 3);
  expect(await live.roberta.readWeights()).toEqual(weights);
});

it('asks for none where nothing is held out', async () => {
  expect(await evaluateWords(await createLive(0), 'final')).toBeNull();
});

it('asks while training as seldom as the steps between make it cheap', () => {
  const steps = (training: Partial<LiveModel['config']['training']>): number[] => {
    const config = { ...live.config, training: { ...live.config.training, steps: 1000, ...training } };
    return Array.from({ length: 1001 }, (_, step) => step).filter(
      (step) => step % config.training.evalEvery === 0 && asksWords({ step, config }),
    );
  };
  expect(steps({ batchSize: 32, evalEvery: 50 })).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900]);
  expect(steps({ batchSize: 8, evalEvery: 50 })).toEqual([400, 800]);
  expect(steps({ batchSize: 8, gradientAccumulation: 4, evalEvery: 300 })).toEqual([300, 600, 900]);
  expect(
    asksWords({ step: 100, config: { ...live.config, training: { ...live.config.training, evalEvery: 0 } } }),
  ).toBe(false);
});
