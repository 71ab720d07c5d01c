/** The commands that look inside, on the plain backend: what they read, and by which weights. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { configForPreset, FIRST_ORDINARY_ID } from '../../core/config.ts';
import { commands } from './commands.ts';
import { createSession, requireModel, type SessionState } from './session.ts';

const PRESET = configForPreset('micro');
const LINES = Array.from({ length: 80 }, (_, line) => `Line ${line} of a text that is long enough.`);
const SENTENCE = 'Line 7 of a text\nthat is long';

let state: SessionState;

beforeAll(async () => {
  // Node 20 has none; what is asked of it here is whether there is a graphics card.
  vi.stubGlobal('navigator', {});
  state = createSession(() => undefined);
  await commands['device.probe'](state, { choice: 'cpu' });
  await commands['data.load'](state, { source: { kind: 'paste', text: LINES.join('\n') }, config: PRESET.data });
  await commands['tokenizer.train'](
    state,
    { config: { vocabSize: 300, minFrequency: 2 } },
    new AbortController().signal,
  );
  await commands['model.create'](state, { model: PRESET.model, pipeline: PRESET.pipeline, training: PRESET.training });
});

const look = (hidden: readonly number[], weights: 'now' | 'start' = 'now') =>
  commands['inside.look'](state, { text: SENTENCE, hidden, weights });

describe('looking at a text', () => {
  it('hides what was asked for, special tokens aside', async () => {
    const { tokens, hidden, attention, layers } = await look([0, 2, 99]);
    expect(hidden).toEqual([2]);
    expect([tokens[0]?.text, tokens.at(-1)?.text]).toEqual(['<s>', '</s>']);
    expect(tokens.map(({ start, end }) => SENTENCE.slice(start, end)).join('')).toBe(SENTENCE);
    expect(attention.tokens).toBe(tokens.length);
    expect(layers).toHaveLength(PRESET.model.numHiddenLayers + 1);
    for (let row = 0; row < attention.weights.length; row += tokens.length) {
      const sum = attention.weights.subarray(row, row + tokens.length).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  it('says after the last layer what fill-mask says', async () => {
    const text = 'Line <mask> of a text';
    const { layers, hidden } = await commands['inside.look'](state, { text, hidden: [], weights: 'now' });
    const { masks } = await commands['test.fillMask'](state, { text, topK: 5 });
    const cell = layers.at(-1)?.[hidden[0] ?? 0];
    expect(cell?.best.map((guess) => guess.probability)).toEqual(masks[0]?.map(({ score }) => score));
  });

  it('draws the weights before training again, bit for bit', async () => {
    const [now, start] = [await look([2]), await look([2], 'start')];
    expect(start.attention).toEqual(now.attention);
    expect(start.layers).toEqual(now.layers);
    const live = await requireModel(state);
    const trained = await live.roberta.readWeights();
    live.roberta.writeWeights(new Map([...trained].map(([name, values]) => [name, values.map((value) => 2 * value)])));
    expect((await look([2])).attention).not.toEqual(start.attention);
    expect((await look([2], 'start')).attention).toEqual(start.attention);
    live.roberta.writeWeights(trained);
  });
});

it('measures every token but line breaks and special ones, a part at a time', async () => {
  const first = await commands['inside.surprise'](state, { text: SENTENCE, from: 0 });
  expect(first.items).toHaveLength(first.total);
  const covered = first.items.map(({ start, end }) => SENTENCE.slice(start, end)).join('');
  expect(covered).toBe(SENTENCE.replace('\n', ''));
  const rest = await commands['inside.surprise'](state, { text: SENTENCE, from: 3 });
  expect(rest.items[0]?.start).toBe(first.items[3]?.start);
  expect(rest.items[0]?.nats).toBeCloseTo(first.items[3]?.nats ?? Number.NaN, 6);
  expect((await commands['inside.surprise'](state, { text: SENTENCE, from: first.total })).items).toEqual([]);
});

it('shows a model that was trained on lines one line at a time', async () => {
  const live = await requireModel(state);
  const { config } = live;
  state.model = { ...live, config: { ...config, pipeline: { ...config.pipeline, packing: 'lines' } } };
  const [whole, line] = [
    await commands['inside.surprise'](state, { text: SENTENCE, from: 0 }),
    await commands['inside.surprise'](state, { text: 'that is long', from: 0 }),
  ];
  expect(whole.items.at(-1)?.nats).toBeCloseTo(line.items.at(-1)?.nats ?? Number.NaN, 5);
  state.model = live;
  const packed = await commands['inside.surprise'](state, { text: SENTENCE, from: 0 });
  expect(packed.items.at(-1)?.nats).not.toBeCloseTo(line.items.at(-1)?.nats ?? Number.NaN, 5);
});

it('maps the tokens that the text uses, and finds neighbours among them', async () => {
  const map = await commands['inside.map'](state);
  expect(map.points).toHaveLength(2 * map.ids.length);
  const { vocabSize } = (await requireModel(state)).tokens.tokenizer;
  expect(map.ids.length + map.unused).toBe(vocabSize - FIRST_ORDINARY_ID);
  expect([...map.counts].every((count) => count > 0)).toBe(true);
  const id = map.ids[0] ?? 0;
  const neighbours = await commands['inside.neighbours'](state, { id, count: 4 });
  expect(neighbours).toHaveLength(4);
  for (const neighbour of neighbours) expect([...map.ids].indexOf(neighbour.id)).toBeGreaterThan(0);
  expect(await commands['inside.neighbours'](state, { id: 3, count: 4 })).toEqual([]);
});

it('suggests a document that was held out', async () => {
  const passage = await commands['inside.passage'](state);
  expect(passage.split('\n').every((line) => LINES.includes(line))).toBe(true);
});
