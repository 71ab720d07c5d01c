/**
 * The one switch between Folio's own kernels and the same computation in plain tfjs ops. Every op has both: the plain one is
 * the reference in tests, what is differentiated, and what runs on a backend that has no kernel of ours.
 */
import * as tf from '@tensorflow/tfjs';

let fused = true;

/** Switches all of Folio's own kernels on or off. Part of the execution plan: not to be changed during a run. */
export function setFused(enabled: boolean): void {
  fused = enabled;
}

/** Whether our own kernels are switched on. */
export function isFused(): boolean {
  return fused;
}

/** Whether to run our kernel of this name: it is there for the active backend, fusion is on, and nobody asks for a gradient. */
export function hasKernel(name: string): boolean {
  return fused && !tf.engine().isTapeOn() && tf.getKernel(name, tf.getBackend()) != null;
}

/** Runs our kernel of this name. @returns its output; null where {@link hasKernel} says no */
export function ownKernel<T extends tf.Tensor>(
  name: string,
  inputs: tf.NamedTensorMap,
  attributes: tf.NamedAttrMap = {},
): T | null {
  return hasKernel(name) ? (tf.engine().runKernel(name, inputs, attributes) as T) : null;
}
