/** Commands of the Tokenizer step: train, browse, try. */
import { BOS_ID, EOS_ID, type TokenizerConfig } from '../../core/config.ts';
import { grouped } from '../../core/counts.ts';
import { validatePart } from '../../core/validation.ts';
import { driveInSlices } from '../../core/yieldToMessages.ts';
import type { Emit } from '../../studio/events.ts';
import type { Commands } from '../../studio/rpc.ts';
import type { LoadedText, TokenizedText } from '../../studio/worker/liveModel.ts';
import { asJob, type PageQuery, requireText, requireTokens, type SessionState } from '../../studio/worker/session.ts';
import { ordinaryTokens, tokenizeText } from '../../studio/worker/tokenizeText.ts';
import { tokenizerSequences } from '../../text/corpus.ts';
import { documentLines } from '../../text/documentTable.ts';
import { type BpeProgress, type TrainedBpe, trainBpe } from '../../text/tokenizer/bpeTrainer.ts';
import { createTokenizer, type Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import { segmentWords } from '../../text/words/words.ts';

const PROGRESS_EVERY_MS = 100;

export const tokenizerCommands = {
  /** Trains the tokenizer on the training share and encodes the text with it. @returns null if it was cancelled */
  'tokenizer.train': async (state, { config }: { config: TokenizerConfig }, signal) => {
    validatePart('tokenizer', config);
    const text = requireText(state);
    return asJob(state, 'training the tokenizer', async () => {
      const startedMs = performance.now();
      const trained = await driveInSlices(
        trainBpe(tokenizerSequences(text.corpus, text.split), config, trainingCharacters(text)),
        reportProgress(state.emit, signal),
      );
      if (!trained) return null;
      const tokenizer = createTokenizer(trained);
      const tokens = await tokenizeText(text, { config, tokenizer, origin: null }, () => !signal.aborted);
      if (!tokens) return null;
      state.tokens = tokens;
      return summarizeTokens(tokens, performance.now() - startedMs);
    });
  },

  /** A page of the vocabulary, the most frequent first; `query` is a part of a token or an id. */
  'tokenizer.vocabulary': async (state, { query, offset, limit }: PageQuery) => {
    const { tokenizer, counts } = requireTokens(state);
    const needle = query.trim().toLowerCase();
    const ids = Array.from({ length: tokenizer.tokenCount }, (_, id) => id);
    const matches = ids.filter(
      (id) => needle === '' || String(tokenizer.fileIdOf(id)) === needle || tokenMatches(tokenizer, id, needle),
    );
    matches.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
    const items = matches.slice(offset, offset + limit).map((id) => ({
      id: tokenizer.fileIdOf(id),
      /** In the byte alphabet, as `vocab.json` holds it. */
      token: tokenizer.tokenOf(id),
      /** "▯" for bytes that are a part of a character. */
      text: tokenizer.textOf(id),
      /** Occurrences in the training share after encoding. */
      count: counts[id] ?? 0,
      special: tokenizer.isSpecial(id),
    }));
    return { total: matches.length, items };
  },

  /** A page of the merges, in the order in which they were made. */
  'tokenizer.merges': async (state, { query, offset, limit }: PageQuery) => {
    const { merges } = requireTokens(state).tokenizer.trained;
    const needle = query.trim().toLowerCase();
    const matches = merges
      .map(([left, right], rank) => ({ rank, left, right, result: left + right }))
      .filter(({ result }) => result.toLowerCase().includes(needle));
    return { total: matches.length, items: matches.slice(offset, offset + limit) };
  },

  /** Encodes a text as the exported tokenizer would, special tokens around it. */
  'tokenizer.encode': async (state, { text }: { text: string }) => {
    const { tokenizer } = state.tokens ?? state.model?.tokens ?? requireTokens(state);
    return encodeText(tokenizer, text);
  },
} satisfies Commands<SessionState>;

export type EncodedToken = ReturnType<typeof encodeText>[number];

/** The tokens of a text with `<s>` and `</s>`, ids as in the model's files. */
export function encodeText(tokenizer: Tokenizer, text: string, isSpecial = tokenizer.isSpecial) {
  const at = (id: number, start: number, end: number) => ({
    id: tokenizer.fileIdOf(id),
    token: tokenizer.tokenOf(id),
    text: tokenizer.textOf(id),
    special: isSpecial(id),
    /** UTF-16 range in the text; both equal where a token is not in it (`<s>`). */
    start,
    end,
  });
  const middle = tokenizer.encodeDetailed(text).map(({ id, start, end }) => at(id, start, end));
  return [at(BOS_ID, 0, 0), ...middle, at(EOS_ID, text.length, text.length)];
}

function trainingCharacters({ corpus, split }: LoadedText): number {
  const { starts, ends } = corpus.documents;
  return split.trainingDocuments.reduce((sum, index) => sum + (ends[index] ?? 0) - (starts[index] ?? 0), 0);
}

/** Posts progress at most ten times a second; says whether to go on. */
function reportProgress(emit: Emit, signal: AbortSignal) {
  let postedMs = 0;
  let phase: BpeProgress['phase'] | null = null;
  let phaseStartedMs = 0;
  let firstVocabSize = 0;
  return (progress: BpeProgress): boolean => {
    const nowMs = performance.now();
    if (progress.phase !== phase) {
      phase = progress.phase;
      phaseStartedMs = nowMs;
      firstVocabSize = progress.vocabSize;
    }
    if (nowMs - postedMs >= PROGRESS_EVERY_MS) {
      postedMs = nowMs;
      const seconds = (nowMs - phaseStartedMs) / 1000;
      emit('tokenizer.progress', {
        ...progress,
        mergesPerSecond: seconds > 0 ? (progress.vocabSize - firstVocabSize) / seconds : 0,
        etaSeconds: progress.done > 0.02 ? (seconds * (1 - progress.done)) / progress.done : null,
      });
    }
    return !signal.aborted;
  };
}

export type TokenizerSummary = ReturnType<typeof summarizeTokens>;

/** The figures of a tokenizer. @param elapsedMs that its training took */
export function summarizeTokens(tokens: TokenizedText, elapsedMs: number) {
  const { tokenizer, config, training, heldOut } = tokens;
  const ordinary = ordinaryTokens(tokens.counts, tokenizer);
  const words = countWords(tokens.text);
  return {
    vocabSize: tokenizer.tokenCount,
    requestedVocabSize: config.vocabSize,
    merges: tokenizer.trained.merges.length,
    /** One sentence if fewer entries were reached than asked for, else null. */
    shortfall: shortfallOf(tokenizer.trained, config),
    elapsedMs,
    trainingTokens: training.ids.length,
    heldOutTokens: heldOut?.ids.length ?? 0,
    bytesPerToken: ordinary.bytes / Math.max(1, ordinary.tokens),
    /** Fertility. */
    tokensPerWord: ordinary.tokens / Math.max(1, words),
  };
}

function countWords({ corpus, split }: LoadedText): number {
  let words = 0;
  for (const index of split.trainingDocuments) {
    for (const line of documentLines(corpus, index)) words += segmentWords(line).length;
  }
  return words;
}

function shortfallOf({ tokens }: TrainedBpe, config: TokenizerConfig): string | null {
  if (tokens.length >= config.vocabSize) return null;
  return (
    `You asked for ${grouped(config.vocabSize)} tokens; the text yields ${grouped(tokens.length)}, ` +
    `since no further pair of tokens occurs at least ${config.minFrequency === 1 ? 'once' : `${grouped(config.minFrequency)} times`} (minimum pair frequency).`
  );
}

function tokenMatches(tokenizer: Tokenizer, id: number, needle: string): boolean {
  return tokenizer.textOf(id).toLowerCase().includes(needle) || tokenizer.tokenOf(id).toLowerCase().includes(needle);
}
