/** Step 4: the model's sizes, its cost on this device, its weights. */
import type { RunConfig } from '../../core/config.ts';
import { counted } from '../../core/counts.ts';
import type { BackendChoice, BackendName, DeviceReport } from '../../core/device.ts';
import type { PlainError } from '../../core/errors.ts';
import type { Result } from '../../studio/client.ts';
import { askFirst, runStep, type StudioContext, toPlainError } from '../../studio/page/context.ts';
import { formatLarge } from '../../studio/page/format.ts';
import { presetOf } from '../../studio/page/presets.ts';
import { completeStep } from '../../studio/page/steps.ts';

export type Calibration = Result<'model.calibrate'>;
type ModelSummary = Result<'model.create'>;

export const EMPTY_MODEL = {
  summary: null as ModelSummary | null,
  calibration: null as Calibration | null,
  /** The settings and the device that it was measured with. */
  calibratedWith: null as { readonly config: RunConfig; readonly backend: BackendName | null } | null,
  calibrating: false,
};

/** What Folio computes on: probed on arrival, changed in the Model step. */
export const UNKNOWN_DEVICE = {
  choice: 'auto' as BackendChoice,
  report: null as DeviceReport | null,
  probing: false,
  /** What was measured with the sizes chosen then; null: nothing. */
  times: null as Result<'device.measure'>['times'] | null,
  measuring: false,
  error: null as PlainError | null,
};

declare module '../../studio/page/studioState.ts' {
  interface StudioState {
    readonly model: Readonly<typeof EMPTY_MODEL>;
    readonly device: Readonly<typeof UNKNOWN_DEVICE>;
  }
  interface StudioActions extends ReturnType<typeof createModelActions> {}
}

/** Draws the weights of the model that the settings describe. @returns whether there is a model now */
export async function drawModel(context: StudioContext): Promise<boolean> {
  const summary = await runStep(context, 'model', () => context.engine.call('model.create', context.get().config));
  if (summary === null) return false;
  const { config, steps } = context.get();
  context.patch('openedModel', { model: null });
  context.patch('model', { summary });
  context.patch('train', { hasModel: false });
  context.set({ steps: completeStep(steps, 'model', describeModel(config, summary)) });
  return true;
}

/** @example "tiny, 554,000 parameters" */
export function describeModel(config: RunConfig, { parameters }: ModelSummary): string {
  const { numHiddenLayers, hiddenSize } = config.model;
  const name = presetOf(config) ?? `${counted(numHiddenLayers, 'layer')} of ${hiddenSize}`;
  return `${name}, ${formatLarge(parameters)} parameters`;
}

/** Times a few real steps. The error, if any, is the Model step's. */
export async function measureModel(context: StudioContext): Promise<Calibration | null> {
  const { config } = context.get();
  context.patch('model', { calibrating: true, calibration: null, calibratedWith: null });
  const calibration = await runStep(context, 'model', () => context.engine.call('model.calibrate', config));
  const backend = context.get().device.report?.active ?? null;
  context.patch('model', { calibrating: false, calibration, calibratedWith: calibration && { config, backend } });
  return calibration;
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
  context.patch('device', { measuring: true, times: null, error: null });
  try {
    const { times, report } = await context.engine.call('device.measure', context.get().config);
    context.patch('device', { report, choice: report.choice, times, measuring: false });
  } catch (thrown) {
    context.patch('device', { measuring: false, error: toPlainError(thrown) });
  }
}

/** Actions of the Model step. */
export function createModelActions(context: StudioContext) {
  return {
    /** Draws the weights; asks first if a trained model would be replaced. */
    createModel: () => askFirst(context, 'model', () => void drawModel(context)),
    calibrate: () => measureModel(context),
    chooseDevice: (choice: BackendChoice) => probeDevice(context, choice),
    measureDevices: () => measureDevices(context),
  };
}
