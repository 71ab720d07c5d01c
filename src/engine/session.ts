/**
 * The worker's only mutable state, and who may change it when. Handlers (`handlers/`) are functions over this state, one
 * file a step.
 */
import type { Answers } from '../core/answers.ts';
import type { ModelConfig, PipelineConfig, TokenizerConfig, TrainingConfig } from '../core/config.ts';
import type { Corpus, Split } from '../core/data/corpus.ts';
import type { DeviceReport } from '../core/device.ts';
import { StudioError } from '../core/errors.ts';
import type { Bytes } from '../core/export/bytes.ts';
import type { FileLayout, TokenizerOrigin } from '../core/import/fileLayout.ts';
import type { EncodedDocuments } from '../core/pipeline/encodeDocuments.ts';
import type { HeldOutPoint, TrainPoint } from '../core/results.ts';
import type { Tokenizer } from '../core/tokenizer/tokenizer.ts';
import type { Weights } from '../ml/model/initialize.ts';
import type { TokenCounts } from '../ml/model/neighbourHeads.ts';
import type { Roberta } from '../ml/model/roberta.ts';
import type { OptimizerState, TrainerState } from '../ml/training/stepTrainer.ts';
import type { WeightAverage } from '../ml/training/weightAverage.ts';
import type { EventName, Events } from './protocol.ts';
import type { KeptRun } from './runKeeper.ts';
import type { TrainingRun } from './trainingRun.ts';

/** A text that was read and split. */
export interface LoadedText {
  readonly corpus: Corpus;
  readonly split: Split;
  readonly sourceNames: readonly string[];
  readonly notices: readonly string[];
  readonly isSonnets: boolean;
  readonly dataConfig: { readonly heldOutShare: number; readonly splitSeed: number };
}

/** A tokenizer trained on a text, and the text as ids. */
export interface TokenizedText {
  readonly text: LoadedText;
  readonly config: TokenizerConfig;
  readonly tokenizer: Tokenizer;
  /** Where the tokenizer came from, if it was opened with a model whose files have other ids; null: it is Folio's own. */
  readonly origin: TokenizerOrigin | null;
  readonly training: EncodedDocuments;
  /** null where nothing is held out. */
  readonly heldOut: EncodedDocuments | null;
  /** Occurrences of each id in the training share. */
  readonly counts: Uint32Array; // [V]
  /** Ordinary tokens a byte of the held-out share (of the training share where nothing is held out); line breaks left out. */
  readonly tokensPerByte: number;
}

/** What initial weights read of the text. */
export function tokenCounts({ counts, tokenizer }: TokenizedText): TokenCounts {
  return { counts, lineBreakId: tokenizer.lineBreakId };
}

/** The settings that decide what a run needs. */
export interface RunSizes {
  readonly model: ModelConfig;
  readonly pipeline: PipelineConfig;
  readonly training: TrainingConfig;
}

/** The weights of the lowest held-out loss so far. */
export interface BestWeights {
  readonly step: number;
  /** Of a held-out pass while training. */
  readonly loss: number;
  /** null where the run keeps the last weights all the same. */
  readonly weights: Weights | null;
}

/** AdamW's state after a run's last step. */
export interface LastStep extends OptimizerState {
  /** The weights that it belongs to, where the run ended with others; null: they are the model's. */
  readonly weights: Weights | null;
}

/** A model with everything that it came from, so that it can be tested and exported whatever the person changes since. */
export interface LiveModel {
  readonly roberta: Roberta;
  readonly tokens: TokenizedText;
  readonly model: ModelConfig;
  readonly pipeline: PipelineConfig;
  readonly training: TrainingConfig;
  readonly device: DeviceReport;
  readonly points: TrainPoint[];
  readonly heldOut: HeldOutPoint[];
  /** When the run began, milliseconds since 1970. */
  readonly startedMs: number;
  /** What it answered at a few steps so far. */
  answers: readonly Answers[];
  /** Optimizer steps behind the weights. */
  step: number;
  elapsedMs: number;
  /** The optimizer's state after the last step, once a run has ended; null before and during a run. */
  optimizer: LastStep | null;
  /** The average of the weights, where the run keeps one. */
  average: WeightAverage | null;
  /** The lowest held-out loss so far, with the weights that had it if the run is to end with them. */
  best: BestWeights | null;
  /** The step that the weights are of: not the last one where the best ones were kept. */
  weightsStep: number;
  /** Ids and tables of its files; null: they are Folio's own. */
  readonly layout: FileLayout | null;
  /** Where the weights came from; null: they were drawn. */
  readonly imported: ImportedModel | null;
}

/** A model that was opened. */
export interface ImportedModel {
  readonly name: string;
  /** What came with it, by name; an export passes it on as long as it is not trained further. */
  readonly documents: ReadonlyMap<string, string>;
  /** TensorBoard's files that came with it, by path; passed on likewise. */
  readonly eventFiles: ReadonlyMap<string, Bytes>;
  readonly trainedFurther: boolean;
}

export interface SessionState {
  readonly emit: <E extends EventName>(event: E, payload: Events[E]) => void;
  text: LoadedText | null;
  tokens: TokenizedText | null;
  model: LiveModel | null;
  run: TrainingRun | null;
  device: DeviceReport | null;
  /** The latest look at the device, under way or done. */
  probing: Promise<DeviceReport> | null;
  /** What the worker is doing at length, in words that follow "Folio is busy"; null: nothing. */
  job: string | null;
  tokenizerCancelled: boolean;
  rangeCancelled: boolean;
  /** A stored run that was opened and can go on; null: none. */
  opened: { readonly run: KeptRun; readonly trainer: TrainerState } | null;
  /** Ends the looking on at a run of another tab. */
  stopLookingOn: (() => void) | null;
  /** The export under way, during which weights stand still; null: none. */
  exporting: { cancelled: boolean } | null;
}

/** A fresh session. */
export function createSession(emit: SessionState['emit']): SessionState {
  return {
    emit,
    text: null,
    tokens: null,
    model: null,
    run: null,
    device: null,
    probing: null,
    job: null,
    tokenizerCancelled: false,
    rangeCancelled: false,
    opened: null,
    stopLookingOn: null,
    exporting: null,
  };
}

/** @throws StudioError `busy` while a long job is under way */
export function assertIdle(state: SessionState): void {
  if (state.job) throw new StudioError('busy', `busy ${state.job}`, { doing: state.job });
}

/** Runs a long job that nothing else may disturb. @throws StudioError `busy` while another one is under way */
export async function asJob<T>(state: SessionState, doing: string, work: () => Promise<T>): Promise<T> {
  assertIdle(state);
  state.job = doing;
  try {
    return await work();
  } finally {
    state.job = null;
  }
}

/** @returns the text. @throws StudioError `stepMissing` */
export function requireText(state: SessionState): LoadedText {
  if (!state.text) throw new StudioError('stepMissing', 'no text is loaded', { step: 'data' });
  return state.text;
}

/** @returns the tokenized text. @throws StudioError `stepMissing` */
export function requireTokens(state: SessionState): TokenizedText {
  if (!state.tokens) throw new StudioError('stepMissing', 'no tokenizer is trained', { step: 'tokenizer' });
  return state.tokens;
}

/** @returns the model, once it has moved to the device in use. @throws StudioError `stepMissing` */
export async function requireModel(state: SessionState): Promise<LiveModel> {
  await state.probing?.catch(() => null);
  if (!state.model) throw new StudioError('stepMissing', 'there is no model', { step: 'model' });
  return state.model;
}
