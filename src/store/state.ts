/** The whole state of the page, one slice a step. Slices own their types; this file only names them together. */
import type { RunConfig } from '../core/config.ts';
import type { PendingChange } from './askFirst.ts';
import type { DataActions, DataSlice } from './data.ts';
import type { DeviceActions, DeviceSlice } from './device.ts';
import type { ExportActions, ExportSlice } from './exportBundle.ts';
import type { InsideActions, InsideSlice } from './inside.ts';
import type { ModelActions, ModelSlice } from './model.ts';
import type { OfflineActions, OfflineSlice } from './offline.ts';
import type { OneClickActions, OneClickSlice } from './oneClick.ts';
import type { OpenedSlice, OpenModelActions } from './openModel.ts';
import type { PipelineActions, PipelineSlice } from './pipeline.ts';
import type { RangeActions, RangeSlice } from './rangeTest.ts';
import type { RunsActions, RunsSlice } from './runs.ts';
import type { SettingsActions } from './settings.ts';
import type { StepName, Steps } from './steps.ts';
import type { SweepActions, SweepSlice } from './sweep.ts';
import type { TestActions, TestSlice } from './test.ts';
import type { TokenizerActions, TokenizerSlice } from './tokenizer.ts';
import type { TrainActions, TrainSlice } from './train.ts';

export interface NavigationActions {
  /** Shows a step. Every step can be looked at; a locked one says what it waits for. */
  goTo(step: StepName): void;
  dismissNotice(text: string): void;
}

export interface StudioActions
  extends NavigationActions,
    SettingsActions,
    DeviceActions,
    DataActions,
    TokenizerActions,
    PipelineActions,
    ModelActions,
    TrainActions,
    TestActions,
    InsideActions,
    ExportActions,
    OpenModelActions,
    OneClickActions,
    RunsActions,
    SweepActions,
    RangeActions,
    OfflineActions {}

export interface StudioState {
  readonly currentStep: StepName;
  /** The settings as the fields show them: numbers may be out of range, or NaN where a field is empty. */
  readonly config: RunConfig;
  readonly steps: Steps;
  readonly device: DeviceSlice;
  readonly data: DataSlice;
  readonly tokenizer: TokenizerSlice;
  readonly pipeline: PipelineSlice;
  readonly model: ModelSlice;
  readonly train: TrainSlice;
  readonly test: TestSlice;
  readonly inside: InsideSlice;
  readonly exportBundle: ExportSlice;
  readonly openedModel: OpenedSlice;
  readonly runs: RunsSlice;
  readonly range: RangeSlice;
  readonly offline: OfflineSlice;
  readonly oneClick: OneClickSlice | null;
  /** Runs over one setting that follow each other. */
  readonly sweep: SweepSlice | null;
  /** A change that waits for the person's yes, since it makes a trained model out of date. */
  readonly pendingChange: PendingChange | null;
  /** Things that a person should know until they close them, such as settings of a link that were not possible. */
  readonly notices: readonly string[];
  /** Never changes: select it once. */
  readonly actions: StudioActions;
}
