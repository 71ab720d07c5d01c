import { describe, expect, it } from 'vitest';
import { until } from '../../../test/until.ts';
import { StudioError } from '../../core/errors.ts';
import type { EngineClient } from '../../studio/client.ts';
import { createStudio } from '../../studio/page/studio.ts';
import type { Studio } from '../../studio/page/studioState.ts';

const item = (start: number) => ({ start, end: start + 1, nats: 1, likelier: 0, guess: 'a', guessProbability: 0.5 });

/** An engine that measures two tokens at a time, when it is told to. */
function slowEngine(total: number) {
  const waiting: (() => void)[] = [];
  const asked: number[] = [];
  let onAsked = (): void => undefined;
  const engine: EngineClient = {
    call: async (command: string, params?: unknown) => {
      if (command !== 'inside.surprise') throw new StudioError('internal', `no answer to ${command}`);
      const { text, from } = params as { text: string; from: number };
      asked.push(from);
      const answered = new Promise<void>((resolve) => waiting.push(resolve));
      onAsked();
      await answered;
      if (text === '') throw new StudioError('insideEmpty', 'no text');
      const items = [from, from + 1].filter((place) => place < total).map(item);
      return { items, total, context: 62, step: 10 + asked.length } as never;
    },
    subscribe: () => () => {},
    cancel: () => {},
    dispose: () => {},
  };
  const studio = createStudio(engine);
  /** Lets the engine answer what it was asked so far, until it is asked for more or nothing is measured any longer. */
  const answer = async (): Promise<void> => {
    const askedAgain = new Promise<void>((resolve) => {
      onAsked = resolve;
    });
    for (const resolve of waiting.splice(0)) resolve();
    await Promise.race([askedAgain, until(studio, ({ inside }) => inside.measuring === null)]);
  };
  return { studio, asked, answer };
}

const insideOf = (studio: Studio) => studio.getState().inside;

describe('the surprise of a passage', () => {
  it('grows part by part, and says which weights measured', async () => {
    const { studio, asked, answer } = slowEngine(5);
    const done = studio.getState().actions.measureSurprise('abcde');
    await answer();
    expect(insideOf(studio).surprise?.items).toHaveLength(2);
    expect(insideOf(studio).measuring).not.toBeNull();
    await answer();
    await answer();
    await done;
    expect(asked).toEqual([0, 2, 4]);
    expect(insideOf(studio).surprise).toMatchObject({ text: 'abcde', total: 5, steps: [11, 13] });
    expect(insideOf(studio).surprise?.items.map(({ start }) => start)).toEqual([0, 1, 2, 3, 4]);
    expect(insideOf(studio).measuring).toBeNull();
  });

  it('keeps what it has when it is cancelled, and asks no further', async () => {
    const { studio, asked, answer } = slowEngine(5);
    const done = studio.getState().actions.measureSurprise('abcde');
    await answer();
    studio.getState().actions.cancelSurprise();
    await answer();
    await done;
    expect(asked).toEqual([0, 2]);
    expect(insideOf(studio).surprise?.items).toHaveLength(2);
    expect(insideOf(studio).measuring).toBeNull();
  });

  it('keeps the one before when the next can’t be had', async () => {
    const { studio, answer } = slowEngine(2);
    const first = studio.getState().actions.measureSurprise('ab');
    await answer();
    await first;
    const second = studio.getState().actions.measureSurprise('');
    await answer();
    await second;
    expect(insideOf(studio).surpriseError?.code).toBe('insideEmpty');
    expect(insideOf(studio).surprise?.text).toBe('ab');
  });
});

it('tokens are hidden in one sentence; another one starts with all of them shown', () => {
  const { studio } = slowEngine(1);
  const { toggleHidden, showAll } = studio.getState().actions;
  toggleHidden('a b c', 3);
  toggleHidden('a b c', 1);
  expect(insideOf(studio).hiding).toEqual({ text: 'a b c', places: [1, 3] });
  toggleHidden('a b c', 3);
  expect(insideOf(studio).hiding.places).toEqual([1]);
  toggleHidden('another', 2);
  expect(insideOf(studio).hiding).toEqual({ text: 'another', places: [2] });
  showAll();
  expect(insideOf(studio).hiding.places).toEqual([]);
});
