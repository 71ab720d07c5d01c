/**
 * The first thing that went wrong on the device. WebGPU reports errors (no memory, a shader it refuses, a lost adapter) on
 * the side and computes on with zeros: whoever reads results asks here first, so that none is taken for an answer.
 */
import * as tf from '@tensorflow/tfjs';
import { StudioError } from '../core/errors.ts';

/** `lost`: the device is gone. `memory`: an allocation was refused. `other`: what should not happen. */
export type DeviceFailureKind = 'lost' | 'memory' | 'other';

let failure: { readonly kind: DeviceFailureKind; readonly message: string } | null = null;

/** Remembers a failure; the first one tells why the later ones happened. */
export function noteDeviceFailure(kind: DeviceFailureKind, message: string): void {
  failure ??= { kind, message };
}

/** To be called when a new device starts. */
export function forgetDeviceFailure(): void {
  failure = null;
}

/** What failed on WebGPU's device since it was started, as an error; other backends throw where something goes wrong. */
export function deviceFailure(): StudioError | null {
  if (failure === null || tf.getBackend() !== 'webgpu') return null;
  const { kind, message } = failure;
  const details = { reason: `WebGPU: ${message}` };
  if (kind === 'lost') return new StudioError('deviceLost', `WebGPU: ${message}`, { reason: message });
  return new StudioError(kind === 'memory' ? 'deviceMemory' : 'internal', `WebGPU: ${message}`, details);
}

/**
 * Why work on the device broke off: a rejected read comes before the word that the device is lost.
 * @param thrown what the work threw
 */
export async function explainDeviceFailure(thrown: unknown): Promise<StudioError> {
  for (let looks = 0; looks < 10 && deviceFailure() === null && tf.getBackend() === 'webgpu'; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return deviceFailure() ?? StudioError.from(thrown);
}

/**
 * @throws StudioError `deviceLost`, `deviceMemory` or `internal` if WebGPU computes and its device has failed since it was
 *   started
 */
export function throwOnDeviceFailure(): void {
  const error = deviceFailure();
  if (error !== null) throw error;
}
