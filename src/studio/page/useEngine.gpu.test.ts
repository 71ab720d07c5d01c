/** Asking the engine from a component: what is asked, when, and which answers are shown. */
import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StudioError } from '../../core/errors.ts';
import type { EngineClient } from '../client.ts';
import { createStudio } from './studio.ts';
import { type Answered, useEngine } from './useEngine.ts';
import { mountStudio } from './useStudio.ts';

type Asked = { readonly text: string; answer(result: unknown): void; refuse(error: StudioError): void };

let root: Root;
let place: HTMLElement;
let asked: Asked[];
let shown: Answered<'tokenizer.encode'>;

beforeEach(() => {
  place = document.createElement('div');
  root = createRoot(place);
  asked = [];
  const engine = {
    call: (_command: string, { text }: { text: string }) =>
      new Promise((answer, refuse) => asked.push({ text, answer, refuse })),
    cancel: () => undefined,
    subscribe: () => () => undefined,
    dispose: () => undefined,
  } as unknown as EngineClient;
  mountStudio(createStudio(engine), engine);
});

afterEach(() => root.unmount());

interface Props {
  readonly text: string | null;
  readonly version?: number;
  readonly debounceMs?: number;
}

function View({ text, ...asking }: Props) {
  shown = useEngine('tokenizer.encode', text === null ? null : { text }, asking);
  return null;
}

const draw = (props: Props): void => root.render(createElement(View, props));
const texts = () => expect.poll(() => asked.map(({ text }) => text));
const data = () => expect.poll(() => shown.data);

test('asks again when the parameters or the version change, and not when they are the same', async () => {
  draw({ text: 'a' });
  await texts().toEqual(['a']);
  draw({ text: 'a' });
  draw({ text: 'b' });
  await texts().toEqual(['a', 'b']);
  draw({ text: 'b', version: 1 });
  await texts().toEqual(['a', 'b', 'b']);
});

test('drops the answer to a question before the latest, and keeps the one before until the next has come', async () => {
  draw({ text: 'a' });
  await texts().toEqual(['a']);
  asked[0]?.answer(['A']);
  await data().toEqual(['A']);
  expect(shown.pending).toBe(false);
  draw({ text: 'b' });
  await texts().toEqual(['a', 'b']);
  draw({ text: 'c' });
  await texts().toEqual(['a', 'b', 'c']);
  asked[1]?.answer(['B']);
  expect(shown).toMatchObject({ data: ['A'], pending: true });
  asked[2]?.answer(['C']);
  await data().toEqual(['C']);
  expect(shown.pending).toBe(false);
});

test('says what was refused, beside the answer before, until something is answered again', async () => {
  draw({ text: 'a' });
  await texts().toEqual(['a']);
  asked[0]?.answer(['A']);
  await data().toEqual(['A']);
  draw({ text: 'b' });
  await texts().toEqual(['a', 'b']);
  asked[1]?.refuse(new StudioError('insideTooLong', 'too long', { tokens: 200 }));
  await expect.poll(() => shown.error).toMatchObject({ code: 'insideTooLong', details: { tokens: 200 } });
  expect(shown).toMatchObject({ data: ['A'], pending: false });
  draw({ text: 'c' });
  await texts().toEqual(['a', 'b', 'c']);
  asked[2]?.answer(['C']);
  await expect.poll(() => shown.error).toBeNull();
});

test('asks nothing without parameters, and shows nothing then', async () => {
  draw({ text: 'a' });
  await texts().toEqual(['a']);
  asked[0]?.answer(['A']);
  await data().toEqual(['A']);
  draw({ text: null });
  await data().toBeNull();
  expect(shown.pending).toBe(false);
  expect(asked).toHaveLength(1);
});

test('asks at once after a pause, and about the last of changes that follow each other', async () => {
  const debounceMs = 500;
  draw({ text: 'a', debounceMs });
  await texts().toEqual(['a']);
  for (const text of ['ab', 'abc', 'abcd']) {
    draw({ text, debounceMs });
    await new Promise(requestAnimationFrame);
  }
  await texts().toEqual(['a', 'abcd']);
});
