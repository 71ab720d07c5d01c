/** What the recorded steps have in common, whichever device takes them. */
import type { ModelConfig } from '../core/config.ts';
import type { BatchSizes } from '../model/roberta.ts';
import type { Batch } from '../text/batches/batch.ts';
import type { StepScalars } from './step/batchPacking.ts';
import type { ParameterLayout } from './step/parameterLayout.ts';

/** Whether every size is one that the kernels, which read four numbers at a time, can do. */
export function canRecord({ hiddenSize, numAttentionHeads, intermediateSize }: ModelConfig): boolean {
  return (hiddenSize / numAttentionHeads) % 4 === 0 && intermediateSize % 4 === 0;
}

/** Flat buffers: all parameters' numbers as `ParameterLayout` has them; control is [scale of gradients, whether all is finite]. */
export type FlatName = 'parameters' | 'gradients' | 'first' | 'second' | 'control';

/** Takes steps over a model's parameters, which it has been lent. */
export interface Executor {
  readonly layout: ParameterLayout;
  /** Of buffers of its own, tfjs's tensors not counted. */
  readonly bytes: number;
  /** Whether the device goes on computing once `run` has returned. */
  readonly worksMeanwhile: boolean;

  /** Builds the program for batches of these sizes, in place of the one before. */
  prepare(sizes: BatchSizes): void;

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
