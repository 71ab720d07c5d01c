/** A model's parameters, and whoever computes with them in memory of their own. */
import type * as tf from '@tensorflow/tfjs';
import type { ModelConfig } from '../../core/config.ts';
import type { Parameter } from '../../model/value.ts';

/** Whose parameters they are: a model. */
export interface ParameterOwner {
  readonly config: ModelConfig;
  readonly vocabSize: number;
  /** Every parameter in the file's order. */
  readonly specs: readonly Parameter[];
  parameter(name: string): tf.Variable;
  /** Lends the parameters, unless they are lent to the same already: it is asked for their values from now on. */
  lendParameters(holder: FlatCopy): void;
}

/** Outputs of a network by name, read back. */
export type Readings = Readonly<Record<string, Float32Array>>;

/** Parameters in a flat buffer, changed there, and the model's variables: each is copied to the other when somebody reads it. */
export class FlatCopy {
  readonly #toFlat: () => void;
  readonly #toVariables: () => void;
  /** Which of the two is newer; null: neither. */
  #newer: 'flat' | 'variables' | null = null;

  constructor(toFlat: () => void, toVariables: () => void) {
    this.#toFlat = toFlat;
    this.#toVariables = toVariables;
  }

  /** Brings the flat buffer up to date. */
  refresh(): void {
    if (this.#newer !== 'variables') return;
    this.#newer = null;
    this.#toFlat();
  }

  changed(): void {
    this.#newer = 'flat';
  }

  /** Brings the model's variables up to date. */
  writeBack(): void {
    if (this.#newer !== 'flat') return;
    // First of all: writing asks the model for its variables, which asks here.
    this.#newer = null;
    this.#toVariables();
  }

  /** The model's variables were assigned to. */
  invalidate(): void {
    this.#newer = 'variables';
  }
}
