/** Commands of the Tokenizer step: train, browse, try. */
import type { TokenizerConfig } from '../../core/config.ts';
import { documentLines, tokenizerSequences } from '../../core/data/corpus.ts';
import { type TrainedBpe, trainBpe } from '../../core/tokenizer/bpeTrainer.ts';
import { createTokenizer, type Tokenizer } from '../../core/tokenizer/tokenizer.ts';
import { validateTokenizerConfig } from '../../core/validation.ts';
import type { LoadedText, TokenizedText } from '../liveModel.ts';
import type {
  CommandParams,
  CommandResult,
  MergeEntry,
  TokenizerProgress,
  TokenizerSummary,
  VocabularyEntry,
} from '../protocol.ts';
import { asJob, requireText, requireTokens, type SessionState } from '../session.ts';
import { ordinaryTokens, tokenizeText } from '../tokenizeText.ts';
import { driveInSlices } from '../yieldToMessages.ts';

const PROGRESS_EVERY_MS = 100;

/** Trains the tokenizer on the training share and encodes the text with it. @returns null if it was cancelled */
export async function trainTokenizer(
  state: SessionState,
  { config }: CommandParams<'tokenizer.train'>,
): Promise<CommandResult<'tokenizer.train'>> {
  validateTokenizerConfig(config);
  const text = requireText(state);
  return asJob(state, 'training the tokenizer', async () => {
    state.tokenizerCancelled = false;
    const startedMs = performance.now();
    const trained = await driveInSlices(
      trainBpe(tokenizerSequences(text.corpus, text.split), config, trainingCharacters(text)),
      reportProgress(state),
    );
    if (!trained) return null;
    const tokenizer = createTokenizer(trained);
    const tokens = await tokenizeText(text, { config, tokenizer, origin: null }, () => !state.tokenizerCancelled);
    if (!tokens) return null;
    state.tokens = tokens;
    return summarizeTokens(state.tokens, performance.now() - startedMs);
  });
}

/** Ends a training that is under way; it answers null. */
export async function cancelTokenizer(state: SessionState): Promise<null> {
  state.tokenizerCancelled = true;
  return null;
}

function trainingCharacters({ corpus, split }: LoadedText): number {
  const { starts, ends } = corpus.documents;
  return split.trainingDocuments.reduce((sum, index) => sum + (ends[index] ?? 0) - (starts[index] ?? 0), 0);
}

/** Posts progress at most ten times a second; says whether to go on. */
function reportProgress(state: SessionState) {
  let postedMs = 0;
  let phase: TokenizerProgress['phase'] | null = null;
  let phaseStartedMs = 0;
  let firstVocabSize = 0;
  return (progress: Pick<TokenizerProgress, 'phase' | 'done' | 'vocabSize'>): boolean => {
    const nowMs = performance.now();
    if (progress.phase !== phase) {
      phase = progress.phase;
      phaseStartedMs = nowMs;
      firstVocabSize = progress.vocabSize;
    }
    if (nowMs - postedMs >= PROGRESS_EVERY_MS) {
      postedMs = nowMs;
      const seconds = (nowMs - phaseStartedMs) / 1000;
      state.emit('tokenizer.progress', {
        ...progress,
        mergesPerSecond: seconds > 0 ? (progress.vocabSize - firstVocabSize) / seconds : 0,
        etaSeconds: progress.done > 0.02 ? (seconds * (1 - progress.done)) / progress.done : null,
      });
    }
    return !state.tokenizerCancelled;
  };
}

/** The figures of a tokenizer. @param elapsedMs that its training took */
export function summarizeTokens(tokens: TokenizedText, elapsedMs: number): TokenizerSummary {
  const { tokenizer, config, training, heldOut } = tokens;
  const ordinary = ordinaryTokens(tokens.counts, tokenizer);
  const words = countWords(tokens.text);
  return {
    vocabSize: tokenizer.tokenCount,
    requestedVocabSize: config.vocabSize,
    merges: tokenizer.trained.merges.length,
    shortfall: shortfallOf(tokenizer.trained, config),
    elapsedMs,
    trainingTokens: training.ids.length,
    heldOutTokens: heldOut?.ids.length ?? 0,
    bytesPerToken: ordinary.bytes / Math.max(1, ordinary.tokens),
    tokensPerWord: ordinary.tokens / Math.max(1, words),
  };
}

function countWords({ corpus, split }: LoadedText): number {
  let words = 0;
  for (const index of split.trainingDocuments) {
    for (const line of documentLines(corpus, index)) words += line.match(/\S+/gu)?.length ?? 0;
  }
  return words;
}

function shortfallOf({ tokens }: TrainedBpe, config: TokenizerConfig): string | null {
  if (tokens.length >= config.vocabSize) return null;
  return (
    `You asked for ${config.vocabSize.toLocaleString('en')} entries; the text holds ${tokens.length.toLocaleString('en')}, ` +
    `since no further pair of tokens occurs at least ${config.minFrequency} times (minimum frequency).`
  );
}

/** A page of the vocabulary, by id; `query` is a piece of a token or an id. */
export async function browseVocabulary(
  state: SessionState,
  { query, offset, limit }: CommandParams<'tokenizer.vocabulary'>,
): Promise<CommandResult<'tokenizer.vocabulary'>> {
  const { tokenizer, counts } = requireTokens(state);
  const needle = query.trim().toLowerCase();
  const matches: number[] = [];
  for (let id = 0; id < tokenizer.tokenCount; id++) {
    if (needle === '' || String(tokenizer.fileIdOf(id)) === needle || tokenMatches(tokenizer, id, needle))
      matches.push(id);
  }
  const items = matches.slice(offset, offset + limit).map(
    (id): VocabularyEntry => ({
      id: tokenizer.fileIdOf(id),
      token: tokenizer.tokenOf(id),
      text: tokenizer.textOf(id),
      count: counts[id] ?? 0,
      special: tokenizer.isSpecial(id),
    }),
  );
  return { total: matches.length, offset, items };
}

function tokenMatches(tokenizer: Tokenizer, id: number, needle: string): boolean {
  return tokenizer.textOf(id).toLowerCase().includes(needle) || tokenizer.tokenOf(id).toLowerCase().includes(needle);
}

/** A page of the merges, in the order in which they were made. */
export async function browseMerges(
  state: SessionState,
  { query, offset, limit }: CommandParams<'tokenizer.merges'>,
): Promise<CommandResult<'tokenizer.merges'>> {
  const { tokenizer } = requireTokens(state);
  const needle = query.trim().toLowerCase();
  const entries: MergeEntry[] = tokenizer.trained.merges.map(([left, right], rank) => ({
    rank,
    left,
    right,
    result: left + right,
  }));
  const matches = needle === '' ? entries : entries.filter(({ result }) => result.toLowerCase().includes(needle));
  return { total: matches.length, offset, items: matches.slice(offset, offset + limit) };
}

/** Encodes a text as the exported tokenizer would, special tokens around it. */
export async function encodeText(
  state: SessionState,
  { text }: CommandParams<'tokenizer.encode'>,
): Promise<CommandResult<'tokenizer.encode'>> {
  const { tokenizer } = state.tokens ?? state.model?.tokens ?? requireTokens(state);
  const at = (id: number, start: number, end: number) => ({
    id: tokenizer.fileIdOf(id),
    token: tokenizer.tokenOf(id),
    text: tokenizer.textOf(id),
    special: tokenizer.isSpecial(id),
    start,
    end,
  });
  const middle = tokenizer.encodeDetailed(text).map(({ id, start, end }) => at(id, start, end));
  return [at(0, 0, 0), ...middle, at(2, text.length, text.length)];
}
