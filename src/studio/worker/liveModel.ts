/** What the worker holds of a text, a tokenizer and a model. */
import type { Roberta } from '../../compute/model/robertaModel.ts';
import type { OptimizerState } from '../../compute/training/trainer.ts';
import type { WeightAverage } from '../../compute/training/weightAverage.ts';
import type { DataConfig, TokenizerConfig } from '../../core/config.ts';
import type { HeldOutPoint, TrainPoint } from '../../core/metrics.ts';
import type { Run } from '../../core/run.ts';
import type { FileLayout, TokenizerOrigin } from '../../files/fileLayout.ts';
import type { ReadBundle } from '../../files/readBundle.ts';
import type { Weights } from '../../model/initialize.ts';
import type { TokenCounts } from '../../model/neighbourHeads.ts';
import type { EncodedDocuments } from '../../text/batches/encodeDocuments.ts';
import type { Finding, Repair } from '../../text/check/finding.ts';
import type { Corpus, Split } from '../../text/corpus.ts';
import type { SourceText } from '../../text/documentTable.ts';
import type { Reading } from '../../text/reading/reading.ts';
import type { Tokenizer } from '../../text/tokenizer/tokenizer.ts';

/** A text that was read and split. */
export interface LoadedText {
  readonly corpus: Corpus;
  readonly split: Split;
  readonly sourceNames: readonly string[];
  readonly notices: readonly string[];
  /** How its files were read, where there is something to say or to choose; empty for a run that was opened. */
  readonly readings: readonly Reading[];
  /** The same for the record, one sentence for each file that is no plain UTF-8. */
  readonly readAs: readonly string[];
  readonly isSonnets: boolean;
  readonly dataConfig: DataConfig;
  readonly check: CheckedText;
}

/** What the check of a text found, and the repairs that it has. */
export interface CheckedText {
  /** The texts before any repair; null: a stored run has the repaired ones alone. */
  readonly asRead: readonly SourceText[] | null;
  /** What is found in the texts as they are now; null: a stored run's are not checked again. */
  readonly findings: readonly Finding[] | null;
  readonly repairs: readonly Repair[];
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
export interface LiveModel extends Run {
  readonly roberta: Roberta;
  readonly tokens: TokenizedText;
  readonly points: TrainPoint[];
  readonly heldOut: HeldOutPoint[];
  /** The optimizer's state after the last step, once a run has ended; null before and during a run. */
  optimizer: LastStep | null;
  /** The average of the weights, where the run keeps one. */
  average: WeightAverage | null;
  /** The lowest held-out loss so far, with the weights that had it if the run is to end with them. */
  best: BestWeights | null;
  /** Ids and tables of its files; null: they are Folio's own. */
  readonly layout: FileLayout | null;
  /** What came with weights that were opened and not trained since, which an export passes on; null: the weights are others. */
  readonly cameWith: Pick<ReadBundle, 'documents' | 'eventFiles'> | null;
}
