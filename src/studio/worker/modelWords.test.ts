/** The commands that answer in words, on the plain backend. */
import { beforeAll, expect, it, vi } from 'vitest';
import { configForPreset } from '../../core/config.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import { createTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { commands } from './commands.ts';
import { knownWords } from './knownWords.ts';
import { createSession, requireModel, type SessionState } from './session.ts';

const PRESET = configForPreset('micro');
const WORDS = ['Line', 'of', 'a', 'text', 'that', 'is', 'long', 'enough'];
const LINES = Array.from({ length: 80 }, (_, line) => `Line ${line} of a text that is long enough.`);
const SENTENCE = 'Line 7 of a <mask> that';

let state: SessionState;

beforeAll(async () => {
  // Node 20 has none; what is asked of it here is whether there is a graphics card.
  vi.stubGlobal('navigator', {});
  state = createSession(() => undefined);
  await commands['device.probe'](state, { choice: 'cpu' });
  await commands['data.load'](state, { source: { kind: 'paste', text: LINES.join('\n') }, config: PRESET.data });
  await commands['tokenizer.train'](
    state,
    { config: { vocabSize: 290, minFrequency: 2 } },
    new AbortController().signal,
  );
  await commands['model.create'](state, { model: PRESET.model, pipeline: PRESET.pipeline, training: PRESET.training });
});

it('answers with words of the text, each with the probability that it has when it is asked for', async () => {
  const { masks } = await commands['test.fillWords'](state, { text: SENTENCE, count: 5 });
  expect(masks).toHaveLength(1);
  const [answers = []] = masks;
  expect(answers).toHaveLength(5);
  for (const { word } of answers) expect(WORDS.includes(word) || /^\d+$/.test(word)).toBe(true);
  const asked = answers.map(({ word }) => word);
  const { masks: scores } = await commands['test.scoreWords'](state, { text: SENTENCE, words: asked });
  answers.forEach(({ probability }, at) => {
    expect(scores[0]?.[at]).toBeCloseTo(probability, 8);
  });
});

it('answers in pieces where a script has no spaces between words', async () => {
  const { masks } = await commands['test.fillWords'](state, { text: '吾輩は<mask>である', count: 3 });
  expect(masks[0]?.map(({ ids }) => ids.length)).toEqual([1, 1, 1]);
});

it('answers with the vocabulary’s words where no text is loaded', async () => {
  const live = await requireModel(state);
  const { tokens } = live;
  const tokenizer = createTokenizer(tokens.tokenizer.trained);
  const text = { ...tokens.text, split: { ...tokens.text.split, trainingDocuments: [] } };
  const opened: SessionState = { ...state, model: { ...live, tokens: { ...tokens, tokenizer, text } } };
  const [answers = []] = (await commands['test.fillWords'](opened, { text: SENTENCE, count: 5 })).masks;
  expect(answers.length).toBeGreaterThan(0);
  for (const { word } of answers) expect(tokenizer.idOf(`Ġ${word}`)).toBeDefined();
  const { lengths } = await knownWords({ ...tokens, tokenizer, text });
  expect(lengths.slice(0, 3)).toEqual([0.5, 0.25, 0.125]);
});

it('scores cloze tests and pairs, by line', async () => {
  const content = ['{"text":"Line 7 of a <mask> that","word":"text"}', '{"good":"of a text","bad":"text a of"}'].join(
    '\n',
  );
  const { signal } = new AbortController();
  const { items = [], share } = (await commands['test.score'](state, { name: 'items.jsonl', content }, signal)) ?? {};
  expect(items.map(({ line }) => line)).toEqual([1, 2]);
  expect(items[0]?.score).toBeGreaterThan(0);
  expect(items[1]?.score).toBeLessThan(0);
  expect(share).toBe(items.filter(({ right }) => right).length / 2);
});

it('tells how far a file is, names the line that can’t be read before it scores, and ends where it is cancelled', async () => {
  const lines = Array.from({ length: 40 }, () => JSON.stringify({ good: 'of a text', bad: 'text a of' }));
  const score = (content: string, controller = new AbortController()) => {
    const told: unknown[] = [];
    const emit: SessionState['emit'] = (event, payload) => {
      told.push([event, payload]);
      if (told.length === 2) controller.abort();
    };
    const params = { name: 'items.jsonl', content };
    return { told, answer: commands['test.score']({ ...state, emit }, params, controller.signal) };
  };
  const cancelled = score(lines.join('\n'));
  expect(await cancelled.answer).toBeNull();
  expect(cancelled.told).toEqual([0, 16].map((done) => ['test.scoreProgress', { done, total: 40 }]));
  const long = JSON.stringify({ good: 'of a text '.repeat(400), bad: 'of' });
  const refused = score([...lines, long].join('\n'));
  await expect(refused.answer).rejects.toMatchObject({ code: 'testTooLong', details: { line: 41 } });
  expect(refused.told).toEqual([]);
});

it('reads the words of a text between other messages, once', async () => {
  const { tokens } = await requireModel(state);
  // Each look at the clock is a slice later, as in a long text.
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 20));
  const copy = { ...tokens };
  const turns: string[] = [];
  const reading = knownWords(copy).then(() => turns.push('words'));
  const other = yieldToMessages().then(() => turns.push('other'));
  await Promise.all([reading, other]);
  clock.mockRestore();
  expect(turns).toEqual(['other', 'words']);
  expect(knownWords(copy)).toBe(knownWords(copy));
});
