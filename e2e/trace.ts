/** Reads what the page's threads did out of a Chromium trace, in CPU time: what others on the same core do is not in it. */
import { REFERENCE_MS } from '../test/referenceTask.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Microseconds of CPU time of the thread. */
  readonly tdur?: number;
  readonly args?: {
    readonly name?: string;
    readonly data?: { readonly url?: string; readonly functionName?: string; readonly type?: string };
  };
}

export const TRACE_CATEGORIES = [
  'toplevel',
  'blink.user_timing',
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
];

/** A task of reference begins with this mark, see `reference.ts`. */
export const REFERENCE_MARK = 'task of reference';
/** So many tasks of reference, the nearest, say how slow the core was. */
const NEAREST = 5;

const TASK_NAMES: ReadonlySet<string> = new Set(['RunTask', 'ThreadControllerImpl::RunTask']);
/** Parts shorter than this say nothing about why a task was long. */
const SHORTEST_PART_MS = 2;
/** The longest tasks are explained; going through every event for each is slow. */
const MOST_EXPLAINED = 20;

export interface MainThreadTask {
  /** Since the trace began. */
  readonly atMs: number;
  /** Thread CPU time. */
  readonly cpuMs: number;
  /** As it would be on the machine of reference, where the core was slower than that. */
  readonly scaledMs: number;
  /** What it was spent on, as far as the trace tells. */
  readonly parts: string;
}

const MAIN_THREAD = 'CrRendererMain';
const WORKER_THREAD = 'DedicatedWorker thread';

const readTrace = (trace: Buffer): readonly TraceEvent[] =>
  (JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] }).traceEvents;

/** What the threads of a kind did, as far as it took CPU time. */
function eventsOf(traceEvents: readonly TraceEvent[], thread: string): TraceEvent[] {
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === thread);
  return traceEvents.filter(
    ({ ph, tdur, pid, tid }) =>
      ph === 'X' && tdur !== undefined && threads.some((one) => one.pid === pid && one.tid === tid),
  );
}

const tasksIn = (events: readonly TraceEvent[]): TraceEvent[] =>
  outermost(events.filter(({ name }) => TASK_NAMES.has(name)));

const cpuMsOf = (tasks: readonly TraceEvent[]): number => tasks.reduce((sum, { tdur }) => sum + (tdur ?? 0) / 1000, 0);

/** What the main thread had done when the largest part of the page was painted. */
export function cpuMsUntilLargestPaint(trace: Buffer): number {
  const events = readTrace(trace);
  const paints = events.filter(({ name }) => name === 'largestContentfulPaint::Candidate').map(({ ts }) => ts);
  if (paints.length === 0) throw new Error('The trace has no largest paint.');
  const paintUs = Math.max(...paints);
  return cpuMsOf(tasksIn(eventsOf(events, MAIN_THREAD)).filter(({ ts }) => ts < paintUs));
}

/** What the page's workers have done since the last click of the trace; the task under way then counts whole. */
export function workerCpuMsAfterLastClick(trace: Buffer): number {
  const events = readTrace(trace);
  const clicks = events.filter(({ name, args }) => name === 'EventDispatch' && args?.data?.type === 'click');
  if (clicks.length === 0) throw new Error('The trace has no click.');
  const clickUs = Math.max(...clicks.map(({ ts }) => ts));
  const tasks = tasksIn(eventsOf(events, WORKER_THREAD));
  if (tasks.length === 0) throw new Error('The trace has no worker.');
  return cpuMsOf(tasks.filter(({ ts, dur }) => ts + (dur ?? 0) > clickUs));
}

/** The tasks of the main thread of the one page that was open, the longest first; those of reference left out. */
export function mainThreadTasks(trace: Buffer): MainThreadTask[] {
  const all = readTrace(trace);
  const events = eventsOf(all, MAIN_THREAD);
  const { own, references } = splitTasks(all, tasksIn(events));
  const startedUs = Math.min(...events.slice(0, 1000).map(({ ts }) => ts));
  return own
    .sort((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0))
    .map((task, rank) => {
      const cpuMs = (task.tdur ?? 0) / 1000;
      return {
        atMs: Math.round((task.ts - startedUs) / 1000),
        cpuMs,
        scaledMs: cpuMs / slownessAt(task.ts, references),
        parts: rank < MOST_EXPLAINED ? partsOf(task, events) : '',
      };
    });
}

/** CPU time of each task of reference. */
export function referenceTaskMs(trace: Buffer): number[] {
  const all = readTrace(trace);
  const { references } = splitTasks(all, tasksIn(eventsOf(all, MAIN_THREAD)));
  return references.map(({ tdur }) => (tdur ?? 0) / 1000);
}

/** @throws Error if the trace has too few tasks of reference to say anything by */
function splitTasks(
  all: readonly TraceEvent[],
  tasks: readonly TraceEvent[],
): { own: TraceEvent[]; references: TraceEvent[] } {
  const marks = all.filter(({ name }) => name === REFERENCE_MARK);
  const isReference = ({ pid, tid, ts, dur = 0 }: TraceEvent): boolean =>
    marks.some((mark) => mark.pid === pid && mark.tid === tid && mark.ts >= ts && mark.ts <= ts + dur);
  const references = tasks.filter(isReference);
  if (references.length < NEAREST) throw new Error(`The trace has ${references.length} tasks of reference.`);
  return { own: tasks.filter((task) => !isReference(task)), references };
}

/** How many times longer a task took at a moment than on the machine of reference: the median of those around it; 1 or more. */
function slownessAt(ts: number, references: readonly TraceEvent[]): number {
  const nearest = [...references].sort((a, b) => Math.abs(a.ts - ts) - Math.abs(b.ts - ts)).slice(0, NEAREST);
  const cpuMs = nearest.map(({ tdur }) => (tdur ?? 0) / 1000).sort((a, b) => a - b);
  return Math.max(1, (cpuMs[Math.floor(NEAREST / 2)] ?? Number.NaN) / REFERENCE_MS);
}

/** A task inside another one, as in a nested message loop, is a part of it. */
function outermost(tasks: readonly TraceEvent[]): TraceEvent[] {
  const ends = new Map<string, number>();
  return [...tasks]
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
    .filter(({ pid, tid, ts, dur }) => {
      const thread = `${pid} ${tid}`;
      if (ts < (ends.get(thread) ?? 0)) return false;
      ends.set(thread, ts + (dur ?? 0));
      return true;
    });
}

function partsOf(task: TraceEvent, events: readonly TraceEvent[]): string {
  const end = task.ts + (task.dur ?? 0);
  return events
    .filter(
      ({ name, pid, tid, ts }) =>
        !TASK_NAMES.has(name) && pid === task.pid && tid === task.tid && ts >= task.ts && ts < end,
    )
    .filter(({ tdur }) => (tdur ?? 0) >= SHORTEST_PART_MS * 1000)
    .map(({ name, tdur, args }) => {
      const { type, functionName, url } = args?.data ?? {};
      const of = [type, functionName, url?.split('/').at(-1)].filter(Boolean).join(' ');
      return `${name}${of === '' ? '' : ` (${of})`} ${((tdur ?? 0) / 1000).toFixed(1)}`;
    })
    .join(', ');
}
