/** The page's side of the two workers. It knows their commands as types alone. */
import { StudioError } from '../core/errors.ts';
import type { bundleCommands } from '../steps/export/verifyWorker.ts';
import type { Events } from './events.ts';
import { type Client, connect, type ParamsOf, type ResultOf } from './rpc.ts';
import type { commands } from './worker/commands.ts';

type Commands = typeof commands;
export type Command = keyof Commands;
export type Params<C extends Command> = ParamsOf<Commands[C]>;
export type Result<C extends Command> = ResultOf<Commands[C]>;
export type EngineClient = Client<Commands, Events>;

/** Starts the worker that holds text, model and runs. */
export function createEngineClient(): EngineClient {
  const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'folio-engine' });
  const reason = 'The engine could not be loaded.';
  return connect(worker, new StudioError('internal', reason, { reason }));
}

/** Starts the worker that reads bundles with other libraries than ours; to be disposed of after use. */
export function createVerifyClient(): Client<typeof bundleCommands, unknown> {
  const worker = new Worker(new URL('../steps/export/verifyWorker.ts', import.meta.url), {
    type: 'module',
    name: 'folio-verify',
  });
  return connect(worker, new StudioError('verifyUnavailable', 'the worker of Verify did not arrive'));
}
