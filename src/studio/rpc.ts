/**
 * Calls from the page to a worker. The worker serves a table of functions, its commands; the page calls them by name, and its
 * types of parameters and results are inferred from them.
 *
 *     // in the worker
 *     export const commands = {
 *       'text.count': async (session, { text }: { text: string }) => session.tokenizer.encode(text).length,
 *     } satisfies Commands<Session>;
 *     serve(commands, createSession);
 *     // on the page
 *     const engine = connect<typeof commands, Events>(worker, missing);
 *     const tokens = await engine.call('text.count', { text });
 *
 * Parameters, results and events are structured-clonable data.
 */
import { type PlainError, StudioError } from '../core/errors.ts';

/** What a worker can be asked. `signal` is aborted when the page cancels the command, which then answers null. */
export type Commands<Session> = Readonly<
  Record<string, (session: Session, params: never, signal: AbortSignal) => Promise<unknown>>
>;
export type ParamsOf<C extends Commands<never>[string]> = C extends (
  session: never,
  params: infer P,
  signal: never,
) => unknown
  ? P
  : never;
export type ResultOf<C extends Commands<never>[string]> = Awaited<ReturnType<C>>;
/** A command without parameters may be called without any. */
export type Arguments<P> = unknown extends P ? [params?: object] : [params: P];

export interface Client<C extends Commands<never>, Events> {
  /** @throws StudioError whatever the worker refused, and `internal` if the worker died */
  call<N extends keyof C & string>(command: N, ...params: Arguments<ParamsOf<C[N]>>): Promise<ResultOf<C[N]>>;
  /** Cancels these commands where they are under way. */
  cancel(...commands: readonly (keyof C & string)[]): void;
  /** Listens to an event; returns the function that stops listening. */
  subscribe<E extends keyof Events & string>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** Ends the worker. Calls under way are rejected. */
  dispose(): void;
}

type Request =
  | { readonly id: number; readonly command: string; readonly params: unknown }
  | { readonly cancelled: readonly string[] };
type Message =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError }
  | { readonly event: string; readonly payload: unknown };

const transfers = new WeakMap<object, readonly ArrayBuffer[]>();

/** Marks buffers of a result that nobody else reads: they move to the page and are not copied. */
export function moving<T extends object>(result: T, arrays: readonly ArrayBufferView[]): T {
  transfers.set(result, [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]);
  return result;
}

/** Answers the page's calls, in the worker. */
export function serve<Session>(
  commands: Commands<Session>,
  createSession: (emit: (event: string, payload: unknown) => void) => Session,
): void {
  const post = (message: Message, transfer: readonly ArrayBuffer[] = []): void =>
    self.postMessage(message, { transfer: [...transfer] });
  const session = createSession((event, payload) => post({ event, payload }));
  const underWay = new Map<number, { readonly command: string; readonly controller: AbortController }>();
  self.onmessage = async ({ data }: MessageEvent<Request>) => {
    if ('cancelled' in data) {
      for (const { command, controller } of underWay.values()) if (data.cancelled.includes(command)) controller.abort();
      return;
    }
    const { id, command, params } = data;
    const controller = new AbortController();
    underWay.set(id, { command, controller });
    try {
      const handler = commands[command];
      if (handler === undefined) throw new StudioError('internal', `there is no command ${command}`);
      const result = await handler(session, params as never, controller.signal);
      post({ id, result }, transfers.get(result as object));
    } catch (thrown) {
      const error = StudioError.from(thrown);
      if (error.code === 'internal') console.error(thrown);
      post({ id, error: error.toPlain() });
    } finally {
      underWay.delete(id);
    }
  };
}

/**
 * The page's side of a worker.
 * @param missing what is thrown where its script did not arrive, which says nothing itself
 */
export function connect<C extends Commands<never>, Events>(worker: Worker, missing: StudioError): Client<C, Events> {
  const pending = new Map<number, { resolve(result: unknown): void; reject(error: StudioError): void }>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  let nextId = 1;
  let dead: StudioError | null = null;
  const die = (error: StudioError): void => {
    dead = error;
    for (const call of pending.values()) call.reject(error);
    pending.clear();
  };
  const dieOf = (reason: string): void => die(new StudioError('internal', reason, { reason }));
  worker.onmessage = ({ data }: MessageEvent<Message>) => {
    if ('event' in data) {
      for (const listener of listeners.get(data.event) ?? []) listener(data.payload as never);
      return;
    }
    const call = pending.get(data.id);
    pending.delete(data.id);
    if ('error' in data) call?.reject(StudioError.fromPlain(data.error));
    else call?.resolve(data.result);
  };
  worker.onerror = ({ message }) => (message ? dieOf(message) : die(missing));
  worker.onmessageerror = () => dieOf('A message from the engine could not be read.');
  const post = (request: Request): void => worker.postMessage(request);
  return {
    call: (command, ...[params]) =>
      new Promise((resolve, reject) => {
        if (dead) return reject(dead);
        const id = nextId++;
        pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
        post({ id, command, params });
      }),
    cancel: (...cancelled) => post({ cancelled }),
    subscribe: (event, listener) => {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => set.delete(listener);
    },
    dispose: () => {
      worker.terminate();
      dieOf('The engine was shut down.');
    },
  };
}
