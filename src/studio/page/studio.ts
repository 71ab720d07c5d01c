/** The page's one store: a slice a step, connected to the engine. */
import { createStore } from 'zustand/vanilla';
import { DEFAULT_CONFIG, type RunConfig } from '../../core/config.ts';
import { createDataActions, EMPTY_DATA, loadText } from '../../steps/data/dataState.ts';
import { createOpenModelActions, NOTHING_OPENED } from '../../steps/data/openModelState.ts';
import { createExportActions, EMPTY_EXPORT } from '../../steps/export/exportState.ts';
import { createInsideActions, NOTHING_INSIDE } from '../../steps/inside/insideState.ts';
import { createModelActions, EMPTY_MODEL, probeDevice, UNKNOWN_DEVICE } from '../../steps/model/modelState.ts';
import { createPipelineActions, EMPTY_PIPELINE } from '../../steps/pipeline/pipelineState.ts';
import { createRunsActions, offerUnfinished, refreshRuns, UNKNOWN_RUNS } from '../../steps/runs/runsState.ts';
import { createTestActions, EMPTY_TEST } from '../../steps/test/testState.ts';
import { createTokenizerActions, EMPTY_TOKENIZER } from '../../steps/tokenizer/tokenizerState.ts';
import { createSweepActions } from '../../steps/train/sweepState.ts';
import { createTrainActions, EMPTY_TRAIN, NO_RANGE } from '../../steps/train/trainState.ts';
import type { EngineClient } from '../client.ts';
import { createSettingsActions } from './changeSettings.ts';
import type { StudioContext } from './context.ts';
import { createOfflineActions, NOT_OFFLINE } from './offline.ts';
import { createOneClickActions } from './oneClick.ts';
import { FIRST_STEPS, type StepName } from './steps.ts';
import type { Studio, StudioState } from './studioState.ts';

export interface StudioStart {
  readonly step: StepName;
  readonly config: RunConfig;
  readonly notices: readonly string[];
}

const PLAIN_START: StudioStart = { step: 'data', config: DEFAULT_CONFIG, notices: [] };

/** A store that talks to an engine. It asks for nothing on its own: see {@link arrive}. */
export function createStudio(engine: EngineClient, start: StudioStart = PLAIN_START): Studio {
  const studio = createStore<StudioState>(() => initialState(start));
  const context = createContext(engine, studio);
  studio.setState({
    actions: {
      ...createSettingsActions(context),
      ...createDataActions(context),
      ...createTokenizerActions(context),
      ...createPipelineActions(context),
      ...createModelActions(context),
      ...createTrainActions(context),
      ...createTestActions(context),
      ...createInsideActions(context),
      ...createExportActions(context),
      ...createOpenModelActions(context),
      ...createOneClickActions(context),
      ...createRunsActions(context),
      ...createSweepActions(context),
      ...createOfflineActions(context),
    },
  });
  return studio;
}

/** What the page does as soon as it is open: looks at the device and loads the sonnets, side by side. */
export async function arrive(engine: EngineClient, studio: Studio): Promise<void> {
  const context = createContext(engine, studio);
  await Promise.all([probeDevice(context, 'auto'), loadText(context, { kind: 'sonnets' }), refreshRuns(context)]);
  offerUnfinished(context);
}

function createContext(engine: EngineClient, { getState, setState }: Studio): StudioContext {
  return {
    engine,
    get: getState,
    set: (change) => setState(change),
    patch: (slice, change) =>
      setState((state) => ({ [slice]: { ...(state[slice] as object), ...change } }) as Partial<StudioState>),
    patchStep: (step, change) =>
      setState((state) => ({ steps: { ...state.steps, [step]: { ...state.steps[step], ...change } } })),
  };
}

function initialState({ step, config, notices }: StudioStart): StudioState {
  return {
    currentStep: step,
    config,
    steps: FIRST_STEPS,
    device: UNKNOWN_DEVICE,
    data: EMPTY_DATA,
    tokenizer: EMPTY_TOKENIZER,
    pipeline: EMPTY_PIPELINE,
    model: EMPTY_MODEL,
    train: EMPTY_TRAIN,
    test: EMPTY_TEST,
    inside: NOTHING_INSIDE,
    exportBundle: EMPTY_EXPORT,
    openedModel: NOTHING_OPENED,
    runs: UNKNOWN_RUNS,
    range: NO_RANGE,
    offline: NOT_OFFLINE,
    oneClick: null,
    sweep: null,
    pendingChange: null,
    notices,
    // Set by createStudio before anybody can read it: the actions need the store that they act on.
    actions: {} as StudioState['actions'],
  };
}
