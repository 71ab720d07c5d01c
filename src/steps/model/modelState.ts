/** Step 4: the model's sizes, its cost on this device, its weights. */
import type { RunConfig } from '../../core/config.ts';
import type { BackendName } from '../../core/device.ts';
import type { Result } from '../../studio/client.ts';
import { askFirst } from '../../studio/page/askFirst.ts';
import { runStep, type StudioContext } from '../../studio/page/context.ts';
import { formatLarge } from '../../studio/page/format.ts';
import { presetOf } from '../../studio/page/presets.ts';
import { completeStep } from '../../studio/page/steps.ts';

export type Calibration = Result<'model.calibrate'>;
type ModelSummary = Result<'model.create'>;

export interface ModelSlice {
  readonly summary: ModelSummary | null;
  /** What a step costs; null: not measured. */
  readonly calibration: Calibration | null;
  /** The settings and the device that it was measured with. */
  readonly calibratedWith: { readonly config: RunConfig; readonly backend: BackendName | null } | null;
  readonly calibrating: boolean;
}

export const EMPTY_MODEL: ModelSlice = { summary: null, calibration: null, calibratedWith: null, calibrating: false };

export interface ModelActions {
  /** Draws the weights; asks first if a trained model would be replaced. */
  createModel(): void;
  /** Times a few real steps with the settings. */
  calibrate(): Promise<Calibration | null>;
}

declare module '../../studio/page/state.ts' {
  interface StudioState {
    readonly model: ModelSlice;
  }
  interface StudioActions extends ModelActions {}
}

/** Draws the weights of the model that the settings describe. @returns whether there is a model now */
export async function drawModel(context: StudioContext): Promise<boolean> {
  const { model, pipeline, training } = context.get().config;
  const summary = await runStep(context, 'model', () =>
    context.engine.call('model.create', { model, pipeline, training }),
  );
  if (summary === null) return false;
  const { config, steps } = context.get();
  context.patch('openedModel', { model: null });
  context.patch('model', { summary });
  context.patch('train', { hasModel: false });
  context.set({ steps: completeStep(steps, 'model', describeModel(config, summary)) });
  return true;
}

/** @example "tiny, 554 k parameters" */
export function describeModel(config: RunConfig, { parameters }: ModelSummary): string {
  const { numHiddenLayers, hiddenSize } = config.model;
  const name = presetOf(config) ?? `${numHiddenLayers} layers of ${hiddenSize}`;
  return `${name}, ${formatLarge(parameters)} parameters`;
}

/** Times a few real steps. The error, if any, is the Model step's. */
export async function measureModel(context: StudioContext): Promise<Calibration | null> {
  const { config } = context.get();
  const { model, pipeline, training } = config;
  context.patch('model', { calibrating: true, calibration: null, calibratedWith: null });
  const calibration = await runStep(context, 'model', () =>
    context.engine.call('model.calibrate', { model, pipeline, training }),
  );
  const backend = context.get().device.report?.active ?? null;
  context.patch('model', { calibrating: false, calibration, calibratedWith: calibration && { config, backend } });
  return calibration;
}

/** Actions of the Model step. */
export function createModelActions(context: StudioContext): ModelActions {
  return {
    createModel: () => askFirst(context, 'model', () => void drawModel(context)),
    calibrate: () => measureModel(context),
  };
}
