/**
 * A run as plain data: all that is known of it beside its text and the numbers of its weights. The session's model is one that
 * goes on; what is kept on the device, listed, opened, exported and reported are views of it.
 */
import type { Answers } from './answers.ts';
import type { RunConfig } from './config.ts';
import type { DeviceReport } from './device.ts';
import type { HeldOutPoint, TrainPoint } from './metrics.ts';

export interface Run {
  readonly config: RunConfig;
  /** The model whose weights it went on from; null: they were drawn. */
  readonly startedFrom: string | null;
  readonly device: DeviceReport;
  /** When it began, milliseconds since 1970. */
  readonly startedMs: number;
  /** Optimizer steps taken. */
  step: number;
  /** The step that the weights are of: not the last one where the best ones were kept. */
  weightsStep: number;
  /** Training time without pauses. */
  elapsedMs: number;
  /** Oldest first. */
  readonly points: readonly TrainPoint[];
  /** Oldest first; empty where nothing was held out. */
  readonly heldOut: readonly HeldOutPoint[];
  /** What it answered at a few steps so far. */
  answers: readonly Answers[];
}

/** The record alone, of something that holds more. */
export function runOf(from: Run): Run {
  const { config, startedFrom, device, startedMs, step, weightsStep, elapsedMs, points, heldOut, answers } = from;
  return { config, startedFrom, device, startedMs, step, weightsStep, elapsedMs, points, heldOut, answers };
}
