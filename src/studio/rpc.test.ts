/** Calls across a thread, with the thread's boundary in between: what crosses it is cloned. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StudioError } from '../core/errors.ts';
import { type Commands, connect, moving, serve } from './rpc.ts';

const told = { aborted: 0 };
const array = new Float32Array([1, 2]);

const commands = {
  'text.count': async (session, { text }: { text: string }) => session.step + text.length,
  'text.refuse': async () => {
    throw new StudioError('busy', 'not now', { doing: 'training' });
  },
  'text.wait': async (_session, _params: unknown, signal) =>
    new Promise<null>((resolve) =>
      signal.addEventListener('abort', () => {
        told.aborted++;
        resolve(null);
      }),
    ),
  'text.array': async () => moving({ array }, [array]),
  'text.tell': async ({ emit }) => emit('text.told', 7),
} satisfies Commands<{ step: number; emit(event: string, payload: unknown): void }>;

interface Thread {
  onmessage?: (event: { data: unknown }) => void;
  postMessage(message: unknown, options?: StructuredSerializeOptions): void;
}

/** Two sides whose messages arrive later, as copies. */
function createThread() {
  const send =
    (to: () => Thread): Thread['postMessage'] =>
    (message, options) => {
      const data = structuredClone(message, options);
      queueMicrotask(() => to().onmessage?.({ data }));
    };
  const inside: Thread = { postMessage: send(() => outside) };
  const outside: Thread & { onerror?: (event: { message: string }) => void; terminate(): void } = {
    postMessage: send(() => inside),
    terminate: () => undefined,
  };
  return { inside, outside };
}

let thread: ReturnType<typeof createThread>;
const start = () =>
  connect<typeof commands, { 'text.told': number }>(
    thread.outside as unknown as Worker,
    new StudioError('verifyUnavailable', 'not there'),
  );

beforeEach(() => {
  thread = createThread();
  vi.stubGlobal('self', thread.inside);
  serve(commands, (emit) => ({ step: 10, emit }));
});

afterEach(() => vi.unstubAllGlobals());

it('answers by the handler, whatever order the answers come in', async () => {
  const client = start();
  const waiting = client.call('text.wait');
  expect(await client.call('text.count', { text: 'abc' })).toBe(13);
  client.cancel('text.wait');
  expect(await waiting).toBeNull();
});

it('hands on what a handler refuses, with its code and details', async () => {
  await expect(start().call('text.refuse')).rejects.toMatchObject({ code: 'busy', details: { doing: 'training' } });
  const unknown = start().call('text.gone' as 'text.refuse');
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await expect(unknown).rejects.toMatchObject({ code: 'internal' });
});

it('cancels the commands that are named, where they are under way', async () => {
  const client = start();
  const calls = [client.call('text.wait'), client.call('text.wait')];
  const before = told.aborted;
  client.cancel('text.count');
  await client.call('text.count', { text: '' });
  expect(told.aborted).toBe(before);
  client.cancel('text.wait');
  await Promise.all(calls);
  expect(told.aborted).toBe(before + 2);
});

it('tells events until somebody stops listening', async () => {
  const client = start();
  const heard: number[] = [];
  const stop = client.subscribe('text.told', (payload) => heard.push(payload));
  await client.call('text.tell');
  stop();
  await client.call('text.tell');
  expect(heard).toEqual([7]);
});

it('moves buffers that nobody else reads', async () => {
  expect((await start().call('text.array')).array).toEqual(new Float32Array([1, 2]));
  expect(array).toHaveLength(0);
});

it('rejects every call once the worker is gone, and says why', async () => {
  const client = start();
  const underWay = client.call('text.wait');
  thread.outside.onerror?.({ message: '' });
  await expect(underWay).rejects.toMatchObject({ code: 'verifyUnavailable' });
  await expect(client.call('text.count', { text: '' })).rejects.toMatchObject({ code: 'verifyUnavailable' });
  const other = start();
  const lost = other.call('text.wait');
  thread.outside.onerror?.({ message: 'out of memory' });
  await expect(lost).rejects.toMatchObject({ code: 'internal', details: { reason: 'out of memory' } });
  const last = start();
  const open = last.call('text.wait');
  last.dispose();
  await expect(open).rejects.toMatchObject({ code: 'internal' });
});
