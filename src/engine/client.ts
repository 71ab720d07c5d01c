/**
 * The page's side of the thread boundary: typed calls and subscriptions.
 *
 *     const engine = createEngineClient();
 *     const off = engine.subscribe('train.metrics', (metrics) => …);
 *     const summary = await engine.call('data.load', { source: { kind: 'sonnets' }, config });
 */
import { type PlainError, StudioError } from '../core/errors.ts';
import type {
  CommandName,
  CommandParams,
  CommandResult,
  EventName,
  Events,
  Message,
  Request,
  VerifyReport,
  VerifyRequest,
} from './protocol.ts';

export interface EngineClient {
  /** Sends a command. @throws StudioError whatever the worker refused, and `internal` if the worker died */
  call<C extends CommandName>(command: C, params: CommandParams<C>): Promise<CommandResult<C>>;
  /** Listens to an event; returns the function that stops listening. */
  subscribe<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** Compares a bundle with the live model in a worker of its own, by other libraries than ours. @throws StudioError */
  verify(request: VerifyRequest): Promise<VerifyReport>;
  /** Ends the worker. Calls under way are rejected. */
  dispose(): void;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: StudioError) => void;
}

/** Starts the worker and returns the way to talk to it. */
export function createEngineClient(): EngineClient {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'folio-engine' });
  const pending = new Map<number, Pending>();
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  let nextId = 1;
  let dead: StudioError | null = null;

  const die = (reason: string): void => {
    dead = new StudioError('internal', reason, { reason });
    for (const call of pending.values()) call.reject(dead);
    pending.clear();
  };
  worker.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'event') {
      for (const listener of listeners.get(data.event) ?? []) listener(data.payload as never);
      return;
    }
    const call = pending.get(data.id);
    pending.delete(data.id);
    if (data.kind === 'reply') call?.resolve(data.result);
    else call?.reject(StudioError.fromPlain(data.error));
  };
  worker.onerror = (event) => die(event.message || 'The engine could not be loaded.');
  worker.onmessageerror = () => die('A message of the engine could not be read.');

  return {
    call: <C extends CommandName>(command: C, params: CommandParams<C>) =>
      new Promise<CommandResult<C>>((resolve, reject) => {
        if (dead) {
          reject(dead);
          return;
        }
        const request: Request<C> = { id: nextId++, command, params };
        pending.set(request.id, { resolve: resolve as (result: unknown) => void, reject });
        worker.postMessage(request);
      }),
    subscribe: (event, listener) => {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      set.add(listener as (payload: never) => void);
      return () => set.delete(listener as (payload: never) => void);
    },
    verify: verifyBundle,
    dispose: () => {
      worker.terminate();
      die('The engine was shut down.');
    },
  };
}

function verifyBundle(request: VerifyRequest): Promise<VerifyReport> {
  const worker = new Worker(new URL('./verifyWorker.ts', import.meta.url), { type: 'module', name: 'folio-verify' });
  return new Promise<VerifyReport>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ report: VerifyReport } | { error: PlainError }>) => {
      if ('report' in data) resolve(data.report);
      else reject(StudioError.fromPlain(data.error));
    };
    worker.onerror = ({ message }) => {
      // A script that did not arrive says nothing.
      if (message) reject(new StudioError('internal', message, { reason: message }));
      else reject(new StudioError('verifyUnavailable', 'the worker of Verify did not arrive'));
    };
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
