/** Changing settings: what follows from a change, and the question that comes before one that outdates a trained model. */
import {
  type ConfigPart,
  DEFAULT_CONFIG,
  FIELD_PATHS,
  type FieldPath,
  type PresetName,
  type RunConfig,
  readField,
  splitPath,
} from '../../core/config.ts';
import { OUTDATED_STEP } from '../../core/settings.ts';
import { splitText } from '../../steps/data/dataState.ts';
import { drawBatch } from '../../steps/pipeline/pipelineState.ts';
import { askFirst, type StudioContext } from './context.ts';
import { withPreset } from './presets.ts';
import { invalidateFrom, type StepName } from './steps.ts';
import type { StudioState } from './studioState.ts';
import type { UrlSettings } from './urlSettings.ts';

declare module './studioState.ts' {
  interface StudioActions extends ReturnType<typeof createSettingsActions> {}
}

const stepOf = (path: FieldPath): StepName | null => OUTDATED_STEP[splitPath(path)[0]];

/** The first step whose settings differ, or null. */
function changedStep(before: RunConfig, after: RunConfig): StepName | null {
  const path = FIELD_PATHS.find(
    (field) => stepOf(field) !== null && !Object.is(readField(before, field), readField(after, field)),
  );
  return path === undefined ? null : stepOf(path);
}

/** The settings after a change, with what has to follow it. */
function changeConfig<P extends ConfigPart>(config: RunConfig, part: P, change: Partial<RunConfig[P]>): RunConfig {
  const next: RunConfig = { ...config, [part]: { ...config[part], ...change } };
  const positions = followSequenceLength(config, next);
  return positions === null ? next : { ...next, model: { ...next.model, maxPositionEmbeddings: positions } };
}

/** Positions go along with the sequence length where they were its length and 2, and grow where they were too few. */
function followSequenceLength(before: RunConfig, after: RunConfig): number | null {
  const length = after.pipeline.seqLength;
  if (length === before.pipeline.seqLength || !Number.isInteger(length) || length < 1) return null;
  const positions = after.model.maxPositionEmbeddings;
  const followed = positions === before.pipeline.seqLength + 2 || Number.isNaN(before.pipeline.seqLength);
  return followed || positions < length + 2 ? length + 2 : null;
}

/** Whether a change of this part would be asked about first. */
export function selectAsksFirst({ steps }: StudioState, part: ConfigPart): boolean {
  return OUTDATED_STEP[part] !== null && steps.train.result === 'fresh';
}

/** The split follows its settings once nothing was typed for this long. */
const SPLIT_AFTER_MS = 400;

/** Actions of the settings, and of the way through the steps. */
export function createSettingsActions(context: StudioContext) {
  const { get, set } = context;
  let splitTimer: ReturnType<typeof setTimeout> | undefined;
  const splitSoon = (): void => {
    clearTimeout(splitTimer);
    splitTimer = setTimeout(() => void splitText(context), SPLIT_AFTER_MS);
  };
  const replace = (config: RunConfig, from: StepName | null): void => {
    set(from === null ? { config } : { config, steps: invalidateFrom(get().steps, from) });
  };
  return {
    /** Shows a step. Every step can be looked at; a locked one says what it waits for. */
    goTo: (step: StepName) => set({ currentStep: step }),
    dismissNotice: (text: string) => set({ notices: get().notices.filter((notice) => notice !== text) }),
    /** Changes settings of one part; asks first if a trained model would be out of date. */
    configure: <P extends ConfigPart>(part: P, change: Partial<RunConfig[P]>) => {
      const step = OUTDATED_STEP[part];
      const apply = (): void => {
        replace(changeConfig(get().config, part, change), step);
        if (part === 'data') splitSoon();
      };
      if (step === null) apply();
      else askFirst(context, step, apply);
    },
    /** Takes over the sizes of a preset: model, sequence length and batch size. */
    applyPreset: (name: PresetName) => {
      const next = (): RunConfig => withPreset(get().config, name, get().data.summary);
      const step = changedStep(get().config, next()) ?? 'model';
      const drawn = get().steps.pipeline.result === 'fresh';
      askFirst(context, step, () => {
        replace(next(), step);
        if (step === 'pipeline' && drawn) void drawBatch(context);
      });
    },
    resetSettings: () =>
      askFirst(context, 'data', () => {
        replace(DEFAULT_CONFIG, 'data');
        splitSoon();
      }),
    /** Takes over the step and the settings of a link. */
    adoptLink: ({ step, config, notices }: UrlSettings) => {
      set({ currentStep: step, notices });
      const changed = changedStep(get().config, config);
      const apply = (): void => {
        replace(config, changed);
        if (changed === 'data') splitSoon();
      };
      if (changed === null) apply();
      else askFirst(context, changed, apply);
    },
    confirmChange: () => {
      const pending = get().pendingChange;
      set({ pendingChange: null });
      pending?.apply();
    },
    cancelChange: () => set({ pendingChange: null }),
  };
}
