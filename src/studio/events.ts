/** What the worker tells the page on its own, and how far long commands are. */
import type { Answers } from '../core/answers.ts';
import type { PlainError } from '../core/errors.ts';
import type { HeldOutPoint, TrainPoint } from '../core/metrics.ts';
import type { RangePoint } from '../core/rangeTest.ts';
import type { ReferenceLines } from '../text/reference/referenceLines.ts';
import type { BpeProgress } from '../text/tokenizer/bpeTrainer.ts';

export interface TokenizerProgress extends BpeProgress {
  readonly mergesPerSecond: number;
  readonly etaSeconds: number | null;
}

/** `interrupted`: the run stands at its last saved step and can go on from there. */
export type RunPhase =
  | 'idle'
  | 'preparing'
  | 'running'
  | 'paused'
  | 'stopping'
  | 'finished'
  | 'stopped'
  | 'failed'
  | 'interrupted';

export interface RunState {
  readonly phase: RunPhase;
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  /** Training time without pauses. */
  readonly elapsedMs: number;
  /** Share of the steps' time in which nothing could be computed since the batch was not there. */
  readonly dataWaitShare: number;
  readonly error: PlainError | null;
}

/** What is known about the saving of the run under way. */
export interface KeptState {
  /** Of the run, for `runs.open`. */
  readonly id: string;
  /** The last step that was saved; null: nothing yet. */
  readonly step: number | null;
  readonly savedMs: number | null;
  /** Whether it outlives the page: not where the browser offers no storage. */
  readonly lasting: boolean;
  /** Why the last attempt failed; null: it did not. */
  readonly problem: PlainError | null;
}

export interface TrainMetrics {
  readonly points: readonly TrainPoint[];
  readonly heldOut: readonly HeldOutPoint[];
  /** The same few held-out verses as the model filled them in, from step 0 to now; null if they did not change. */
  readonly answers: readonly Answers[] | null;
}

export interface ExportProgress {
  readonly writtenBytes: number;
  readonly totalBytes: number;
  readonly etaSeconds: number;
}

/** Every event that the worker sends on its own. */
export interface Events {
  'tokenizer.progress': TokenizerProgress;
  'train.state': RunState;
  'train.metrics': TrainMetrics;
  'run.kept': KeptState;
  /** The run that this tab looks on at is not trained by another one any more. */
  'run.free': { readonly id: string };
  'export.progress': ExportProgress;
  /** Once a run, as soon as the lines are known. */
  'train.reference': ReferenceLines;
  /** How far the scoring of a file of items is. */
  'test.scoreProgress': { readonly done: number; readonly total: number };
  /** How a range test goes. */
  'train.rangeProgress': { readonly done: number; readonly points: readonly RangePoint[] };
}

/** Sends an event to the page. */
export type Emit = <E extends keyof Events>(event: E, payload: Events[E]) => void;
