/** What Folio computes on: probed on arrival, changed in the Model step. */
import type { BackendChoice, DeviceReport } from '../../core/device.ts';
import type { PlainError } from '../../core/errors.ts';
import type { Result } from '../../studio/client.ts';
import { type StudioContext, toPlainError } from '../../studio/page/context.ts';

export interface DeviceSlice {
  readonly choice: BackendChoice;
  readonly report: DeviceReport | null;
  readonly probing: boolean;
  /** What was measured with the sizes chosen then; null: nothing. */
  readonly times: Result<'device.measure'>['times'] | null;
  readonly measuring: boolean;
  readonly error: PlainError | null;
}

export const UNKNOWN_DEVICE: DeviceSlice = {
  choice: 'auto',
  report: null,
  probing: false,
  times: null,
  measuring: false,
  error: null,
};

export interface DeviceActions {
  /** Moves to a backend; a model that exists moves along. */
  chooseDevice(choice: BackendChoice): Promise<boolean>;
  /** Times each device with the sizes chosen, and moves to the fastest. */
  measureDevices(): Promise<void>;
}

declare module '../../studio/page/state.ts' {
  interface StudioState {
    readonly device: DeviceSlice;
  }
  interface StudioActions extends DeviceActions {}
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

async function measureDevices(context: StudioContext): Promise<void> {
  const { model, pipeline, training } = context.get().config;
  context.patch('device', { measuring: true, times: null, error: null });
  try {
    const { times, report } = await context.engine.call('device.measure', { model, pipeline, training });
    context.patch('device', { report, choice: report.choice, times, measuring: false });
  } catch (thrown) {
    context.patch('device', { measuring: false, error: toPlainError(thrown) });
  }
}

/** Actions of the device. */
export function createDeviceActions(context: StudioContext): DeviceActions {
  return {
    chooseDevice: (choice) => probeDevice(context, choice),
    measureDevices: () => measureDevices(context),
  };
}
