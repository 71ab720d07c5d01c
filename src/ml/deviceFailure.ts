/**
 * The first thing that went wrong on the device. WebGPU reports errors (no memory, a shader it refuses, a lost adapter) on
 * the side and computes on with zeros: whoever reads results asks here first, so that none is taken for an answer.
 */
import * as tf from '@tensorflow/tfjs';
import { StudioError } from '../core/errors.ts';

let failure: string | null = null;

/** Remembers a failure; the first one tells why the later ones happened. */
export function noteDeviceFailure(message: string): void {
  failure ??= message;
}

/** To be called when a new device starts. */
export function forgetDeviceFailure(): void {
  failure = null;
}

/**
 * Does nothing on backends other than WebGPU, which throw where something goes wrong.
 * @throws StudioError `internal` if WebGPU computes and its device has failed since it was started
 */
export function throwOnDeviceFailure(): void {
  if (failure === null || tf.getBackend() !== 'webgpu') return;
  throw new StudioError('internal', `WebGPU: ${failure}`, { reason: `WebGPU: ${failure}` });
}
