import { describe, expect, it } from 'vitest';
import { until } from '../../../test/until.ts';
import { StudioError } from '../../core/errors.ts';
import type { Command, EngineClient, Params, Result } from '../../studio/client.ts';
import { createStudio } from '../../studio/page/studio.ts';
import type { Studio } from '../../studio/page/studioState.ts';

type Answers = { [C in Command]?: (params: Params<C>) => Result<C> | Promise<Result<C>> };

interface Opened {
  readonly studio: Studio;
  readonly asked: { command: string; params: unknown }[];
  readonly cancelled: string[];
  tell(event: string, payload: unknown): void;
}

function open(answers: Answers): Opened {
  const asked: Opened['asked'] = [];
  const cancelled: string[] = [];
  const listeners = new Map<string, (payload: never) => void>();
  const engine: EngineClient = {
    call: async (command, ...[params]) => {
      asked.push({ command, params });
      const answer = answers[command] as ((params: unknown) => never) | undefined;
      if (!answer) throw new StudioError('internal', `no answer to ${command}`, {});
      return answer(params);
    },
    cancel: (...commands) => void cancelled.push(...commands),
    subscribe: (event, listener) => {
      listeners.set(event, listener);
      return () => listeners.delete(event);
    },
    dispose: () => {},
  };
  const tell = (event: string, payload: unknown): void => listeners.get(event)?.(payload as never);
  return { studio: createStudio(engine), asked, cancelled, tell };
}

const FACTS = { tokens: 9, elapsedMs: 3, step: 7 };
/** The last mask is the most certain one. */
const fillWords = ({ text }: { text: string }) => {
  const masks = text.split('<mask>').slice(1);
  const words = masks.map((_, at) => [{ word: `w${masks.length}`, ids: [7], probability: 0.1 + at / 10 }]);
  return { masks: words, ...FACTS };
};
const fillMask = ({ text }: { text: string }) => ({
  masks: text
    .split('<mask>')
    .slice(1)
    .map(() => [{ score: 0.5, token: 300, tokenStr: ' piece', sequence: '' }]),
  ...FACTS,
});

describe('answers', () => {
  it('are words, and pieces on request, of the text that was answered', async () => {
    const { studio, asked } = open({ 'test.fillWords': fillWords, 'test.fillMask': fillMask });
    const { actions } = studio.getState();
    actions.setTestText('my <mask>');
    await actions.fillMask();
    expect(studio.getState().test.answer).toMatchObject({ unit: 'words', text: 'my <mask>' });
    expect(studio.getState().steps.test.line).toBe('Top prediction: “w1”');
    actions.setTestText('my own');
    actions.chooseUnit('pieces');
    await until(studio, ({ test }) => test.answer?.unit === 'pieces');
    expect(studio.getState().test.answer).toMatchObject({ text: 'my <mask>', wordsUnknown: false });
    expect(studio.getState().steps.test.line).toBe('Top prediction: “piece”');
    expect(asked.map(({ command }) => command)).toEqual(['test.fillWords', 'test.fillMask']);
  });

  it('are pieces where words can’t be told apart, which is known from the text, and say so', async () => {
    const { studio, asked } = open({ 'test.fillMask': fillMask });
    studio.getState().actions.setTestText('春の<mask>');
    await studio.getState().actions.fillMask();
    expect(studio.getState().test).toMatchObject({ unit: 'words', answer: { unit: 'pieces', wordsUnknown: true } });
    expect(asked.map(({ command }) => command)).toEqual(['test.fillMask']);
  });

  it('that arrive after something else was asked for are not shown', async () => {
    let answerLate = (): void => {};
    const { studio } = open({
      'test.fillWords': (params) =>
        new Promise((resolve) => {
          answerLate = () => resolve(fillWords(params));
        }),
      'test.fillMask': fillMask,
    });
    const { actions } = studio.getState();
    actions.setTestText('my <mask>');
    const asked = actions.fillMask();
    actions.chooseUnit('pieces');
    await until(studio, ({ test }) => test.answer?.unit === 'pieces');
    answerLate();
    await asked;
    expect(studio.getState().test.answer?.unit).toBe('pieces');
  });
});

describe('filling one after another', () => {
  it('takes the most certain first and lets the others follow', async () => {
    const { studio, asked } = open({ 'test.fillWords': fillWords });
    const { actions } = studio.getState();
    actions.setTestText('<mask> and <mask>, <mask>');
    await actions.fillInTurn();
    expect(asked.map(({ params }) => (params as { text: string }).text)).toEqual([
      '<mask> and <mask>, <mask>',
      '<mask> and <mask>, w3',
      '<mask> and w2, w3',
    ]);
    expect(studio.getState().test).toMatchObject({
      text: 'w1 and w2, w3',
      filled: { from: '<mask> and <mask>, <mask>', to: 'w1 and w2, w3' },
    });
  });

  it('ends where the sentence is changed meanwhile', async () => {
    const { studio, asked } = open({
      'test.fillWords': (params) => {
        studio.getState().actions.setTestText('mine <mask>');
        return fillWords(params);
      },
    });
    studio.getState().actions.setTestText('<mask> <mask>');
    await studio.getState().actions.fillInTurn();
    expect(studio.getState().test.text).toBe('mine <mask>');
    expect(asked).toHaveLength(1);
  });
});

describe('comparing words', () => {
  it('gives probability, tokens and rank, likeliest first', async () => {
    const { studio, asked } = open({
      'test.scoreWords': () => ({ masks: [[0.01, 0.1]], tokens: [[3, 1]], lengths: [] }),
      'test.fillWords': fillWords,
    });
    const { actions } = studio.getState();
    actions.setTestText('my <mask>');
    await actions.compareWords('folio, w1');
    expect(studio.getState().test.compared).toEqual({
      text: 'my <mask>',
      masks: [
        [
          { word: 'w1', probability: 0.1, tokens: 1, rank: 1 },
          { word: 'folio', probability: 0.01, tokens: 3, rank: null },
        ],
      ],
    });
    expect(asked.map(({ params }) => params)).toEqual([
      { text: 'my <mask>', words: ['folio', 'w1'] },
      { text: 'my <mask>', count: 50 },
    ]);
  });

  it('keeps no former result beside an error', async () => {
    const answers: Answers = {
      'test.scoreWords': () => ({ masks: [[0.1]], tokens: [[1]], lengths: [] }),
      'test.fillWords': fillWords,
    };
    const { studio } = open(answers);
    const { actions } = studio.getState();
    actions.setTestText('my <mask>');
    await actions.compareWords('w1');
    answers['test.scoreWords'] = () => {
      throw new StudioError('testLongWord', 'long', { word: 'x', tokens: 30, maximum: 24 });
    };
    await actions.compareWords('x');
    expect(studio.getState().test).toMatchObject({ compared: null, compareError: { code: 'testLongWord' } });
  });
});

describe('scoring a file', () => {
  const file = (name: string) => ({ name, blob: new Blob([name]) });

  it('keeps no former result where a file is refused', async () => {
    const scored = { items: [], share: 0.5, low: 0.4, high: 0.6, step: 7 };
    const { studio } = open({
      'test.score': ({ name, content }) => {
        expect(content).toBe(name);
        if (name === 'good.csv') return scored;
        throw new StudioError('scoreFile', 'line 2', { line: 2, reason: 'is not JSON' });
      },
    });
    const { actions } = studio.getState();
    await actions.scoreFile(file('good.csv'));
    expect(studio.getState().test.score).toMatchObject({ name: 'good.csv', result: scored, error: null });
    const refused = actions.scoreFile(file('bad.jsonl'));
    expect(studio.getState().test.score).toMatchObject({ name: 'bad.jsonl', result: null, error: null });
    await refused;
    expect(studio.getState().test.score).toMatchObject({
      name: 'bad.jsonl',
      result: null,
      error: { code: 'scoreFile' },
    });
  });

  it('says how far it is, and can be cancelled', async () => {
    let end = (_: null): void => {};
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const { studio, cancelled, tell } = open({
      'test.score': () =>
        new Promise((resolve) => {
          end = resolve;
          begin();
        }),
    });
    const { actions } = studio.getState();
    const scoring = actions.scoreFile(file('long.csv'));
    await begun;
    tell('test.scoreProgress', { done: 16, total: 200 });
    expect(studio.getState().test.score).toMatchObject({ name: 'long.csv', progress: { done: 16, total: 200 } });
    actions.cancelScoring();
    expect(cancelled).toEqual(['test.score']);
    end(null);
    await scoring;
    expect(studio.getState().test.score).toBeNull();
    // A late event is of no file.
    tell('test.scoreProgress', { done: 32, total: 200 });
    expect(studio.getState().test.score).toBeNull();
  });
});
