/**
 * The only vocabulary that the page and the worker share. The page sends a command and gets one reply; the worker sends
 * events on its own. Everything here is structured-clonable plain data.
 *
 *     const summary = await client.call('data.load', { source: { kind: 'sonnets' }, config });
 *     const stop = client.subscribe('train.metrics', (points) => …);
 */
import type { Answers } from '../core/answers.ts';
import type {
  DataConfig,
  ModelConfig,
  PipelineConfig,
  RunConfig,
  TokenizerConfig,
  TrainingConfig,
} from '../core/config.ts';
import type { CorpusStatistics } from '../core/data/corpus.ts';
import type { BackendChoice, BackendName, DeviceReport } from '../core/device.ts';
import type { PlainError } from '../core/errors.ts';
import type { ExportOptions } from '../core/export/options.ts';
import type { BundleOrigin } from '../core/import/origin.ts';
import type { AttentionMaps } from '../core/inside/attention.ts';
import type { TokenSurprise } from '../core/inside/surprise.ts';
import type { RangePoint, RangeTest } from '../core/rangeTest.ts';
import type { ReferenceLines } from '../core/reference/referenceLines.ts';
import type { FillCandidate, HeldOutPoint, TrainPoint } from '../core/results.ts';

// ------------------------------------------------------------------------------------------------------------- data

export type DataSource =
  | { readonly kind: 'sonnets' }
  /** `File` objects are read by the worker, so that a large file never blocks the page. */
  | { readonly kind: 'files'; readonly files: readonly { readonly name: string; readonly blob: Blob }[] }
  | { readonly kind: 'paste'; readonly text: string };

export interface CorpusSummary extends CorpusStatistics {
  readonly sourceNames: readonly string[];
  /** What was done to the text that a person should know: "Converted from Windows-1252", … One sentence each. */
  readonly notices: readonly string[];
  readonly isSonnets: boolean;
}

export interface DocumentPreview {
  readonly index: number;
  readonly heldOut: boolean;
  readonly lines: readonly string[];
  /** Lines that the preview leaves out. */
  readonly moreLines: number;
}

// -------------------------------------------------------------------------------------------------------- tokenizer

export interface TokenizerProgress {
  readonly phase: 'counting' | 'merging';
  /** Share of the phase, 0 to 1. */
  readonly done: number;
  readonly vocabSize: number;
  readonly mergesPerSecond: number;
  readonly etaSeconds: number | null;
}

export interface TokenizerSummary {
  readonly vocabSize: number;
  readonly requestedVocabSize: number;
  readonly merges: number;
  /** One sentence if fewer entries were reached than asked for, else null. */
  readonly shortfall: string | null;
  readonly elapsedMs: number;
  readonly trainingTokens: number;
  readonly heldOutTokens: number;
  readonly bytesPerToken: number;
  /** Tokens a word (fertility). */
  readonly tokensPerWord: number;
}

export interface VocabularyEntry {
  readonly id: number;
  /** The token in the byte alphabet, as `vocab.json` holds it. */
  readonly token: string;
  /** The token as text; bytes that are no text on their own as "\xE2". */
  readonly text: string;
  /** Occurrences in the training share after encoding. */
  readonly count: number;
  readonly special: boolean;
}

export interface MergeEntry {
  readonly rank: number;
  readonly left: string;
  readonly right: string;
  readonly result: string;
}

export interface Page<T> {
  readonly total: number;
  readonly offset: number;
  readonly items: readonly T[];
}

export interface EncodedToken {
  readonly id: number;
  readonly token: string;
  readonly text: string;
  readonly special: boolean;
  /** UTF-16 range in the text that was encoded; both equal where a token is not in the text (`<s>`). */
  readonly start: number;
  readonly end: number;
}

// --------------------------------------------------------------------------------------------------------- pipeline

export interface BatchPreview {
  /** B and T. */
  readonly rows: number;
  readonly columns: number;
  readonly inputIds: Int32Array; // [B, T]
  readonly attentionMask: Int32Array; // [B, T]
  readonly labels: Int32Array; // [B, T]
  /** 1 where the position was chosen for prediction. */
  readonly chosen: Uint8Array; // [B, T]
  /** Text of every distinct id in the batch. */
  readonly texts: Readonly<Record<number, string>>;
  /** Share of the positions that are padding, over the whole epoch rather than this batch. */
  readonly paddingShare: number;
  readonly rowsPerEpoch: number;
  readonly maskedShare: number;
}

// ------------------------------------------------------------------------------------------------- model and training

export interface ModelSummary {
  readonly parameters: number;
  readonly vocabSize: number;
  readonly sizeBytes: number;
}

/** A model that was opened. */
export interface OpenedModel {
  /** Of its folder or zip. */
  readonly name: string;
  readonly parameters: number;
  readonly vocabSize: number;
  /** Its sizes, and the settings of the run behind it where Folio wrote them. */
  readonly config: RunConfig;
  /** Steps behind its weights; null: not known. */
  readonly step: number | null;
  /** Whether every file was compared with its checksum. */
  readonly checked: boolean;
  /** The loaded text in its tokens; null where no text is loaded. */
  readonly tokens: TokenizerSummary | null;
}

/** What a step of one layer takes on a backend; null: too slow to be measured in time. */
export interface DeviceTime {
  readonly backend: BackendName;
  readonly msPerStep: number | null;
}

/** What a step costs on this device, measured with the real model. */
export interface Calibration {
  readonly msPerStep: number;
  readonly tokensPerSecond: number;
  readonly steps: number;
}

/** `interrupted`: the run stands at its last saved step and can go on from there. */
export type RunPhase =
  | 'idle'
  | 'preparing'
  | 'running'
  | 'paused'
  | 'stopping'
  | 'finished'
  | 'stopped'
  | 'failed'
  | 'interrupted';

export interface RunState {
  readonly phase: RunPhase;
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  /** Training time without pauses. */
  readonly elapsedMs: number;
  /** Share of the steps' time in which nothing could be computed since the batch was not there. */
  readonly dataWaitShare: number;
  readonly error: PlainError | null;
}

/** Memory that the engine holds, JavaScript's own not counted. */
export interface MemoryReport {
  /** Tensors of tfjs, and their bytes on the device. */
  readonly tensors: number;
  readonly tensorBytes: number;
  /** Bytes of our own buffers for training. */
  readonly trainerBytes: number;
  /** Figures of steps that are kept. */
  readonly points: number;
}

/** What is known about the saving of the run under way. */
export interface KeptState {
  /** Of the run, for `runs.open`. */
  readonly id: string;
  /** The last step that was saved; null: nothing yet. */
  readonly step: number | null;
  readonly savedMs: number | null;
  /** Whether it outlives the page: not where the browser offers no storage. */
  readonly lasting: boolean;
  /** Why the last attempt failed; null: it did not. */
  readonly problem: PlainError | null;
}

/** A run that lies on this device. */
export interface StoredRun {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  readonly savedMs: number;
  readonly step: number;
  readonly steps: number;
  readonly phase: 'running' | 'paused' | 'finished' | 'stopped' | 'failed';
  readonly sizeBytes: number;
  readonly sourceNames: readonly string[];
  /** Held-out loss at the last measurement; null: none. */
  readonly heldOutLoss: number | null;
  /** Whether another tab trains it now. */
  readonly inUse: boolean;
  /** Why it can't be opened; null: it can. */
  readonly problem: PlainError | null;
}

export interface StoredRuns {
  /** Newest first. */
  readonly runs: readonly StoredRun[];
  /** Whether they outlive the page. */
  readonly lasting: boolean;
  /** Bytes that may still be written; null: the browser does not say. */
  readonly freeBytes: number | null;
}

/** Everything of a run that the page shows, as if the run had been made in this visit. */
export interface OpenedRun {
  readonly id: string;
  readonly name: string;
  readonly config: RunConfig;
  readonly corpus: CorpusSummary;
  readonly tokenizer: TokenizerSummary;
  readonly model: ModelSummary;
  readonly device: DeviceReport;
  readonly points: readonly TrainPoint[];
  readonly heldOut: readonly HeldOutPoint[];
  readonly answers: readonly Answers[];
  readonly reference: ReferenceLines | null;
  readonly state: RunState;
  /** Figures of a run that has ended; null: it can go on. */
  readonly summary: RunSummary | null;
  /** Whether another tab trains it: this one looks on. */
  readonly inUse: boolean;
  /** What a person should know: a damaged checkpoint, another device. One sentence each. */
  readonly notices: readonly string[];
}

export interface TrainMetrics {
  readonly points: readonly TrainPoint[];
  readonly heldOut: readonly HeldOutPoint[];
  /** The same few held-out verses as the model filled them in, from step 0 to now; null if they did not change. */
  readonly answers: readonly Answers[] | null;
}

export interface RunSummary {
  readonly steps: number;
  readonly seconds: number;
  readonly backend: BackendName;
  readonly adapter: string;
  readonly tokensPerSecond: number;
  /** See `RunState`; null of a run that comes from storage. */
  readonly dataWaitShare: number | null;
  /** Mean over the last tenth of the steps. */
  readonly trainLoss: number;
  /** null where nothing was held out. */
  readonly heldOutLoss: number | null;
  readonly heldOutTop1: number | null;
  readonly heldOutTop5: number | null;
  readonly heldOutStandardError: number | null;
  readonly firstHeldOutLoss: number | null;
  /** The step that the weights are of: that of the lowest held-out loss, or the last one. */
  readonly weightsStep: number;
  /** Whether the run ended by itself, since the held-out loss no longer fell. */
  readonly endedEarly: boolean;
  /** The last held-out pass, with everything that it found; null where nothing was held out. */
  readonly heldOut: HeldOutPoint | null;
  /** What the held-out loss is to be read against; null where nothing was held out. */
  readonly reference: ReferenceLines | null;
  readonly vocabSize: number;
  readonly parameters: number;
}

// ------------------------------------------------------------------------------------------------------------- test

export interface FillMaskResult {
  /** One list for each mask, in text order. */
  readonly masks: readonly (readonly FillCandidate[])[];
  readonly tokens: number;
  readonly elapsedMs: number;
  /** Step of the weights that answered. */
  readonly step: number;
}

// ------------------------------------------------------------------------------------------------------ look inside

/** Which weights look: those of now, or the ones that the run started from. */
export type LookWeights = 'now' | 'start';

/** A token that the model would put somewhere. */
export interface Guess {
  readonly text: string;
  readonly probability: number;
}

/** What the head reads out of one position after one layer. */
export interface LensCell {
  /** Best first. */
  readonly best: readonly Guess[];
  /** Probability of the token that stands there, or stood there before it was hidden. */
  readonly own: number;
}

/** A text on its way through the model. */
export interface TextLook {
  /** With `<s>` and `</s>`; as typed, so that hidden ones still have their text. */
  readonly tokens: readonly EncodedToken[];
  /** Places that were hidden: masks of the text, and those asked for. */
  readonly hidden: readonly number[];
  readonly attention: AttentionMaps;
  /** After the embeddings and after each layer. */
  readonly layers: readonly (readonly LensCell[])[]; // [L + 1][T]
  /** Step of the weights that looked. */
  readonly step: number;
  /** Whether the weights that the run started from can be drawn again. */
  readonly startKnown: boolean;
  readonly elapsedMs: number;
}

/** Some tokens of a text, each hidden in turn. */
export interface SurprisePart {
  readonly items: readonly TokenSurprise[];
  /** Tokens that are scored in the whole text: special ones and line breaks are not. */
  readonly total: number;
  /** Tokens of the text that the model sees at a time. */
  readonly context: number;
  readonly step: number;
}

/** The vocabulary as points on a plane; everything by place, N tokens. */
export interface VocabularyMap {
  readonly ids: Int32Array; // [N], as in the model's files
  readonly texts: readonly string[];
  /** Occurrences in the training share. */
  readonly counts: Uint32Array; // [N]
  readonly points: Float32Array; // [N, 2]
  /** Share of the variance along each axis. */
  readonly shares: readonly [number, number];
  /** Tokens that the text never uses, which are left out. */
  readonly unused: number;
  readonly step: number;
}

/** A token near another one. */
export interface Neighbour {
  /** As in the model's files. */
  readonly id: number;
  readonly text: string;
  readonly cosine: number;
  readonly count: number;
}

// ----------------------------------------------------------------------------------------------------------- export

export interface BundleFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** What it is and who needs it; one sentence. */
  readonly purpose: string;
}

/** A masked line with what the live model says, for comparison. Ids as in the model's files. */
export interface VerifyCase {
  readonly text: string;
  readonly ids: readonly number[];
  /** Places of the masks in `ids`. */
  readonly positions: readonly number[];
  /** Logits at each mask. */
  readonly logits: readonly Float32Array[]; // [V] each
}

/** How a copy of the model compares with the live one on masked lines. */
export interface VerifyReport {
  readonly lines: readonly {
    readonly text: string;
    /** Whether its tokenizer gives the same ids. */
    readonly sameIds: boolean;
    /** The likeliest token at each mask: the live model's, and the copy's. */
    readonly ours: readonly string[];
    readonly theirs: readonly string[];
    readonly largestDifference: number;
  }[];
  readonly largestDifference: number;
  /** Masks at which the likeliest token is the same. */
  readonly sameTokens: number;
  readonly masks: number;
}

export interface ReopenReport extends VerifyReport {
  /** Whether every weight of the bundle is that of the live model, bit for bit. */
  readonly sameWeights: boolean;
}

/** What the page sends to the worker that verifies. */
export interface VerifyRequest {
  readonly origin: BundleOrigin;
  readonly cases: readonly VerifyCase[];
}

export interface ExportProgress {
  readonly writtenBytes: number;
  readonly totalBytes: number;
  readonly etaSeconds: number;
}

// --------------------------------------------------------------------------------------------------------- commands

/** Every command: what goes in, what comes out. */
export interface Commands {
  'device.probe': { params: { choice: BackendChoice }; result: DeviceReport };
  /** Times a step of one layer on each backend and moves to the fastest. */
  'device.measure': {
    params: { model: ModelConfig; pipeline: PipelineConfig; training: TrainingConfig };
    result: { times: readonly DeviceTime[]; report: DeviceReport };
  };
  /** What is held now, for long runs. */
  'device.memory': { params: Record<string, never>; result: MemoryReport };
  'data.load': { params: { source: DataSource; config: DataConfig }; result: CorpusSummary };
  'data.split': { params: { config: DataConfig }; result: CorpusSummary };
  'data.preview': { params: { offset: number; limit: number; query: string }; result: Page<DocumentPreview> };
  /** null: cancelled. */
  'tokenizer.train': { params: { config: TokenizerConfig }; result: TokenizerSummary | null };
  'tokenizer.cancel': { params: Record<string, never>; result: null };
  'tokenizer.vocabulary': { params: { query: string; offset: number; limit: number }; result: Page<VocabularyEntry> };
  'tokenizer.merges': { params: { query: string; offset: number; limit: number }; result: Page<MergeEntry> };
  'tokenizer.encode': { params: { text: string }; result: readonly EncodedToken[] };
  'pipeline.preview': {
    params: { config: PipelineConfig; batchSize: number; seed: number; step: number };
    result: BatchPreview;
  };
  /** Draws the weights. */
  'model.create': {
    params: { model: ModelConfig; pipeline: PipelineConfig; training: TrainingConfig };
    result: ModelSummary;
  };
  /** Opens a model's folder or zip. */
  'model.open': { params: { origin: BundleOrigin }; result: OpenedModel };
  /** Reads the loaded text with the opened model's tokenizer. */
  'tokenizer.adopt': { params: Record<string, never>; result: TokenizerSummary };
  /** Times a few real steps on a throw-away model; the run's own weights are not touched. */
  'model.calibrate': {
    params: { model: ModelConfig; pipeline: PipelineConfig; training: TrainingConfig };
    result: Calibration;
  };
  /** Starts from freshly drawn weights and replies when the run ends; events tell how it goes. */
  'train.start': {
    params: {
      model: ModelConfig;
      pipeline: PipelineConfig;
      training: TrainingConfig;
      /** `opened`: from the weights of the opened model, and not from fresh ones. */
      start?: 'fresh' | 'opened';
      /** What the run is called where it is kept on this device; null: it is not kept. */
      keepAs: string | null;
    };
    result: RunSummary;
  };
  /** Goes on with the opened run, from its last saved step; replies when it ends. */
  'train.continue': { params: Record<string, never>; result: RunSummary };
  /** Tries growing learning rates on a throw-away model. null: cancelled. */
  'train.range': {
    params: { model: ModelConfig; pipeline: PipelineConfig; training: TrainingConfig };
    result: RangeTest | null;
  };
  'train.cancelRange': { params: Record<string, never>; result: null };
  'train.pause': { params: Record<string, never>; result: RunState };
  'train.resume': { params: Record<string, never>; result: RunState };
  'train.stop': { params: Record<string, never>; result: RunState };
  'runs.list': { params: Record<string, never>; result: StoredRuns };
  'runs.rename': { params: { id: string; name: string }; result: StoredRuns };
  'runs.delete': { params: { id: string }; result: StoredRuns };
  /** Puts a stored run in the place of everything that is loaded. */
  'runs.open': { params: { id: string }; result: OpenedRun };
  'test.fillMask': { params: { text: string; topK: number }; result: FillMaskResult };
  /** The logits at every `<mask>` of a text, for checks against other libraries. */
  'test.logits': {
    params: { text: string };
    result: { ids: readonly number[]; positions: readonly number[]; logits: readonly (readonly number[])[] };
  };
  /** Held-out verses with words to mask, to start from. */
  'test.suggestions': { params: { count: number }; result: readonly string[] };
  /** A text with some of its tokens hidden, as the model reads it: attention, and what the head makes of each layer. */
  'inside.look': { params: { text: string; hidden: readonly number[]; weights: LookWeights }; result: TextLook };
  /** The next few tokens of a text, from the given one on, each hidden in turn. */
  'inside.surprise': { params: { text: string; from: number }; result: SurprisePart };
  /** A held-out document, to start from; empty where no text is loaded. */
  'inside.passage': { params: Record<string, never>; result: string };
  'inside.map': { params: Record<string, never>; result: VocabularyMap };
  /** The tokens whose embeddings point most nearly where that of one points. */
  'inside.neighbours': { params: { id: number; count: number }; result: readonly Neighbour[] };
  'export.list': { params: { name: string; options: ExportOptions }; result: readonly BundleFile[] };
  /** The zip, streamed to the browser's disk. null: cancelled. */
  'export.zip': { params: { name: string; options: ExportOptions }; result: Blob | null };
  /** The files as a folder within a chosen one. false: cancelled. */
  'export.folder': {
    params: { name: string; options: ExportOptions; parent: FileSystemDirectoryHandle };
    result: boolean;
  };
  /** Masked lines with the live model's logits. */
  'verify.cases': { params: { count: number }; result: readonly VerifyCase[] };
  /** Opens a bundle beside the live model and compares the two. */
  'verify.reopen': { params: VerifyRequest; result: ReopenReport };
  'export.cancel': { params: Record<string, never>; result: null };
}

export type CommandName = keyof Commands;
export type CommandParams<C extends CommandName> = Commands[C]['params'];
export type CommandResult<C extends CommandName> = Commands[C]['result'];

/** Every event that the worker sends on its own. */
export interface Events {
  'tokenizer.progress': TokenizerProgress;
  'train.state': RunState;
  'train.metrics': TrainMetrics;
  'run.kept': KeptState;
  /** The run that this tab looks on at is not trained by another one any more. */
  'run.free': { readonly id: string };
  'export.progress': ExportProgress;
  /** Once a run, as soon as the lines are known. */
  'train.reference': ReferenceLines;
  /** How a range test goes. */
  'train.rangeProgress': { readonly done: number; readonly points: readonly RangePoint[] };
}

export type EventName = keyof Events;

/** Sends an event. */
export type Emit = <E extends EventName>(event: E, payload: Events[E]) => void;

/** What crosses to the worker. */
export interface Request<C extends CommandName = CommandName> {
  readonly id: number;
  readonly command: C;
  readonly params: CommandParams<C>;
}

/** What comes back. */
export type Message =
  | { readonly kind: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: PlainError }
  | { readonly kind: 'event'; readonly event: EventName; readonly payload: Events[EventName] };
