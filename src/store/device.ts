/** What Folio computes on: probed on arrival, changed in the Model step. */
import type { BackendChoice, DeviceReport } from '../core/device.ts';
import type { PlainError } from '../core/errors.ts';
import { type StudioContext, toPlainError } from './context.ts';

export interface DeviceSlice {
  readonly choice: BackendChoice;
  readonly report: DeviceReport | null;
  readonly probing: boolean;
  readonly error: PlainError | null;
}

export const UNKNOWN_DEVICE: DeviceSlice = { choice: 'auto', report: null, probing: false, error: null };

export interface DeviceActions {
  /** Moves to a backend; a model that exists moves along. */
  chooseDevice(choice: BackendChoice): Promise<boolean>;
}

/** Looks at the device. A backend that can't be had leaves the one before in use. @returns whether it worked */
export async function probeDevice(context: StudioContext, choice: BackendChoice): Promise<boolean> {
  context.patch('device', { probing: true, error: null });
  try {
    const report = await context.engine.call('device.probe', { choice });
    context.patch('device', { report, choice, probing: false });
    return true;
  } catch (thrown) {
    context.patch('device', { probing: false, error: toPlainError(thrown) });
    return false;
  }
}

/** Actions of the device. */
export function createDeviceActions(context: StudioContext): DeviceActions {
  return { chooseDevice: (choice) => probeDevice(context, choice) };
}
