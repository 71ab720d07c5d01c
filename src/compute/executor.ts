/** What takes a run's steps on a device: recorded on WebGPU and on the processor, in tfjs ops elsewhere. */
import type { Graph } from '../model/graph.ts';
import type { BatchSizes } from '../model/roberta.ts';
import type { Batch } from '../text/batches/batch.ts';
import type { StepScalars } from './step/batchPacking.ts';
import type { Runs } from './step/parameterLayout.ts';

/** Flat buffers: all parameters' numbers as the executor's layout has them; control is [scale of gradients, whether all is finite]. */
export type FlatName = 'parameters' | 'gradients' | 'first' | 'second' | 'control';

/** Takes steps over a model's parameters, which it has been lent. */
export interface Executor {
  readonly layout: Runs;
  /** Of buffers of its own, tfjs's tensors not counted. */
  readonly bytes: number;
  /** Whether the device goes on computing once `run` has returned. */
  readonly worksMeanwhile: boolean;

  /** Builds the program of a training step for batches of these sizes, in place of the one before. */
  prepare(step: Graph, sizes: BatchSizes): void;

  /** Takes a step. @param stepSeed of everything that is dropped in it */
  run(batches: readonly Batch[], stepSeed: number, scalars: StepScalars): void;

  /** Loss, accuracy, gradient norm and a 0 for each step since the last time, in order. Waits for the device. */
  readFigures(): Promise<Float32Array>;

  /** Copies as they are after the last step called for, whatever is called for while they come back. */
  read(names: readonly FlatName[]): Promise<Float32Array[]>;

  /** Replaces both moments and the flag of control. */
  write(first: Float32Array<ArrayBuffer>, second: Float32Array<ArrayBuffer>, healthy: boolean): void;

  dispose(): void;
}
