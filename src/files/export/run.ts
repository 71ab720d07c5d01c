/** A finished or stopped run as plain data: everything that the bundle's documents tell about it. */

import type { MaskedVerse } from '../../core/answers.ts';
import type { RunConfig } from '../../core/config.ts';
import type { DeviceReport } from '../../core/device.ts';
import type { HeldOutPoint, TrainPoint } from '../../core/metrics.ts';
import type { ReferenceLines } from '../../text/reference/referenceLines.ts';

/** What the documents tell about the text. Never the text itself. */
interface CorpusFigures {
  readonly sizeBytes: number;
  readonly characters: number;
  readonly words: number;
  readonly distinctWords: number;
  readonly samples: number;
  readonly documents: number;
  readonly trainingDocuments: number;
  readonly heldOutDocuments: number;
  readonly trainingSamples: number;
  readonly heldOutSamples: number;
}

export interface ExportedRun {
  /** What the person calls the model; any text. */
  readonly name: string;
  /** The model whose weights the run went on from; null: they were drawn. */
  readonly startedFrom: string | null;
  /** The model whose tokenizer it has; null: it was trained here, or has Folio's own form. */
  readonly tokenizerFrom: string | null;
  readonly config: RunConfig;
  readonly sourceNames: readonly string[];
  /** Whether the text is the sonnets that come with Folio. */
  readonly isSonnets: boolean;
  readonly corpus: CorpusFigures;
  /** Entries that the tokenizer reached. */
  readonly vocabSize: number;
  readonly merges: number;
  /** Ordinary tokens of the training share. */
  readonly trainingTokens: number;
  readonly heldOutTokens: number;
  readonly device: DeviceReport;
  /** When it began, milliseconds since 1970. */
  readonly startedMs: number;
  /** Optimizer steps taken. */
  readonly step: number;
  /** The step that the weights are of: not the last one where the best ones were kept. */
  readonly weightsStep: number;
  readonly elapsedMs: number;
  /** Oldest first. */
  readonly points: readonly TrainPoint[];
  /** Oldest first; empty where nothing was held out. */
  readonly heldOut: readonly HeldOutPoint[];
  /** What the held-out loss is to be read against; null where nothing was held out. */
  readonly reference: ReferenceLines | null;
  /** A few lines with hidden words, as these weights fill them in; of the held-out text where there is one. */
  readonly verses: readonly MaskedVerse[];
  /** Versions of what made it, by name. */
  readonly versions: Readonly<Record<string, string>>;
}
