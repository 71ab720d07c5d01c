/**
 * The first thing that went wrong on the device. WebGPU reports errors (no memory, a shader it refuses, a lost adapter) on
 * the side and computes on with zeros: whoever reads results asks here first, so that none is taken for an answer.
 */
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

/** @throws StudioError `internal` if the device has failed since it was started */
export function throwOnDeviceFailure(): void {
  if (failure !== null) throw new StudioError('internal', `WebGPU: ${failure}`, { reason: `WebGPU: ${failure}` });
}
