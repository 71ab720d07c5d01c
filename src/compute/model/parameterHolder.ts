/** A model's parameters, and who computes with them in memory of their own. */
import type * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../../core/config.ts';
import type { Parameter } from '../../model/value.ts';

/** Somebody who changes the parameters in memory of their own, as the fused trainer does. */
export interface ParameterHolder {
  /** Brings the model's variables up to date. */
  writeBack(): void;
  /** The model's variables were assigned to. */
  invalidate(): void;
  /** The parameters were lent to somebody else, or taken back. */
  returned?(): void;
}

/** Whose parameters they are: a model. */
export interface ParameterOwner {
  readonly config: ModelConfig;
  readonly vocabSize: number;
  /** Every parameter in the file's order. */
  readonly specs: readonly Parameter[];
  /** The variable of a parameter. */
  parameter(name: string): tf.Variable;
  /** Lends the parameters to somebody who is asked for their values from now on. */
  lendParameters(holder: ParameterHolder): void;
}

/** Outputs of a network by name, read back. */
export type Readings = Readonly<Record<string, Float32Array>>;
