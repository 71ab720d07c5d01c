/** What the tab that trains a run tells the tabs that look on. */
import type { HeldOutPoint, TrainPoint } from '../../core/metrics.ts';
import type { Emit, Events } from '../events.ts';
import type { LiveModel } from './liveModel.ts';
import { whenRunIsFree } from './runLock.ts';

/** Events that an onlooker's page wants as they are. */
const SHARED = ['train.state', 'train.metrics'] as const;
type SharedEvent = (typeof SHARED)[number];

/** Tabs of one version of Folio talk here: it is no input from outside. */
type Word =
  | { readonly kind: 'hello' }
  | { readonly kind: 'all'; readonly points: readonly TrainPoint[]; readonly heldOut: readonly HeldOutPoint[] }
  | { readonly kind: 'event'; readonly event: SharedEvent; readonly payload: Events[SharedEvent] };

const openChannel = (id: string): BroadcastChannel => new BroadcastChannel(`folio-run-${id}`);

export interface RunBroadcast {
  readonly emit: Emit;
  close(): void;
}

/** @returns `emit`, which tells onlookers too; newcomers get all figures so far */
export function broadcastRun(id: string, live: LiveModel, emit: Emit): RunBroadcast {
  const channel = openChannel(id);
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
  const channel = openChannel(id);
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
