/** Runs in several tabs: one trains a run at a time, whoever holds the lock of its name, and tells the tabs that look on. */
import { StudioError } from '../../core/errors.ts';
import type { HeldOutPoint, TrainPoint } from '../../core/metrics.ts';
import type { Emit, Events } from '../events.ts';
import type { LiveModel } from './liveModel.ts';

/** Of a run's lock and of its channel. */
const nameOf = (id: string): string => `folio-run-${id}`;

/** Events that an onlooker's page wants as they are. */
type SharedEvent = 'train.state' | 'train.metrics';

/** Tabs of one version of Folio talk here: it is no input from outside. */
type Word =
  | { readonly kind: 'hello' }
  | { readonly kind: 'all'; readonly points: readonly TrainPoint[]; readonly heldOut: readonly HeldOutPoint[] }
  | { readonly kind: 'event'; readonly event: SharedEvent; readonly payload: Events[SharedEvent] };

export interface RunBroadcast {
  readonly emit: Emit;
  close(): void;
}

/** @returns `emit`, which tells onlookers too; newcomers get all figures so far */
export function broadcastRun(id: string, live: LiveModel, emit: Emit): RunBroadcast {
  const channel = new BroadcastChannel(nameOf(id));
  const say = (word: Word): void => channel.postMessage(word);
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.kind === 'hello') say({ kind: 'all', points: live.points, heldOut: live.heldOut });
  };
  return {
    emit: (event, payload) => {
      emit(event, payload);
      if (event === 'train.state' || event === 'train.metrics') {
        say({ kind: 'event', event, payload: payload as Events[SharedEvent] });
      }
    },
    close: () => channel.close(),
  };
}

/**
 * Passes on what another tab tells of its run, from the figures that are known here on.
 * @returns the function that stops looking on
 */
export function lookOn(id: string, live: LiveModel, emit: Emit): () => void {
  const channel = new BroadcastChannel(nameOf(id));
  const leave = new AbortController();
  const known = { step: live.points.length, heldOut: live.heldOut.length };
  const pass = (points: readonly TrainPoint[], heldOut: readonly HeldOutPoint[]): Events['train.metrics'] => ({
    points: points.filter(({ step }) => step >= known.step),
    heldOut,
    answers: null,
  });
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.kind === 'all') {
      emit('train.metrics', pass(data.points, data.heldOut.slice(known.heldOut)));
      known.step = Math.max(known.step, (data.points.at(-1)?.step ?? -1) + 1);
      known.heldOut = data.heldOut.length;
    } else if (data.kind === 'event') {
      emit(data.event, data.payload);
    }
  };
  channel.postMessage({ kind: 'hello' } satisfies Word);
  whenRunIsFree(id, leave.signal).then(
    () => emit('run.free', { id }),
    () => undefined,
  );
  return () => {
    leave.abort();
    channel.close();
  };
}

/** Undefined on pages that are not served securely; there nobody else can have opened the run's storage either. */
const locks = (): LockManager | undefined => navigator.locks as LockManager | undefined;

/**
 * Does work that no other tab may do with this run meanwhile.
 * @throws StudioError `runInUse`
 */
export async function withRunLock<T>(id: string, name: string, work: () => Promise<T>): Promise<T> {
  const manager = locks();
  if (manager === undefined) return work();
  return await manager.request(nameOf(id), { ifAvailable: true }, async (lock) => {
    if (lock === null) throw new StudioError('runInUse', `${id} is locked`, { name });
    return await work();
  });
}

/** The runs that some tab trains now. */
export async function runsInUse(): Promise<ReadonlySet<string>> {
  const held = (await locks()?.query())?.held ?? [];
  const prefix = nameOf('');
  return new Set(held.flatMap(({ name = '' }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}

/** Calls back once nobody trains the run any more. */
async function whenRunIsFree(id: string, signal: AbortSignal): Promise<void> {
  await locks()?.request(nameOf(id), { signal }, async () => undefined);
}
