/** A finished or stopped run as the bundle's documents tell about it. */
import type { MaskedVerse } from '../core/answers.ts';
import type { Run } from '../core/run.ts';
import type { CorpusStatistics } from '../text/corpus.ts';
import type { ReferenceLines } from '../text/reference/referenceLines.ts';

export interface ExportedRun extends Readonly<Omit<Run, 'answers'>> {
  /** What the person calls the model; any text. */
  readonly name: string;
  /** The model whose tokenizer it has; null: it was trained here, or has Folio's own form. */
  readonly tokenizerFrom: string | null;
  readonly sourceNames: readonly string[];
  /** How files were read that are no plain UTF-8, one sentence each. */
  readonly readAs: readonly string[];
  /** Whether the text is the sonnets that come with Folio. */
  readonly isSonnets: boolean;
  /** What was changed in the text before it was trained on; a few words each. */
  readonly repairs: readonly string[];
  /** What the documents tell about the text. Never the text itself. */
  readonly corpus: CorpusStatistics;
  /** Entries that the tokenizer reached. */
  readonly vocabSize: number;
  readonly merges: number;
  /** What the tokenizer does to a text before it cuts it, by name and in order; Folio's own does nothing. */
  readonly normalizers: readonly string[];
  /** Ordinary tokens of the training share. */
  readonly trainingTokens: number;
  readonly heldOutTokens: number;
  /** What the held-out loss is to be read against; null where nothing was held out. */
  readonly reference: ReferenceLines | null;
  /** A few lines with masked words, as these weights fill them in; of the held-out text where there is one. */
  readonly verses: readonly MaskedVerse[];
  /** Versions of what made it, by name. */
  readonly versions: Readonly<Record<string, string>>;
}
