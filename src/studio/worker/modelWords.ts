/** What a model answers in words, and how many it knows: against a table of neighbouring words, at the same places. */
import { answerWords } from '../../compute/evaluation/answerWords.ts';
import { assertReadable } from '../../compute/evaluation/fillMask.ts';
import type { WordFigures } from '../../core/answers.ts';
import { BOS_ID, EOS_ID, MASK_ID } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { driveInSlices, yieldToMessages } from '../../core/yieldToMessages.ts';
import type { ScoredItem, ScoreItem } from '../../files/scoreItems.ts';
import { documentLines } from '../../text/corpus.ts';
import type { Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import { neighbourWordRanks, wordFigures } from '../../text/words/neighbourWords.ts';
import { pseudoLikelihood } from '../../text/words/pseudoLikelihood.ts';
import { drawPlaces, gapAt, type WordPlace, wordPlaces } from '../../text/words/wordPlaces.ts';
import {
  LONGEST_ASKED_WORD,
  LONGEST_WORD,
  scoreWord,
  searchWords,
  type WordCandidate,
  type WordGap,
  wordLengths,
} from '../../text/words/wordSearch.ts';
import {
  createPieceTree,
  createWordTree,
  hasSpacedWords,
  type WordTree,
  wordStartAfter,
  wordsOf,
} from '../../text/words/words.ts';
import type { LiveModel, TokenizedText } from './liveModel.ts';

/** Held-out words that are asked for at the end of a run: the standard error of a share of 15% is a point. */
const FINAL_WORDS = 1200;
/** Training words whose lengths in tokens are counted. */
const COUNTED_WORDS = 20_000;
/** Training words that are read, and the most frequent of them that can be answers. */
const MOST_WORDS = 2_000_000;
const MOST_DISTINCT_WORDS = 50_000;

/** Lengths of words in tokens where no text is known: each half as frequent as the one before. */
const USUAL_LENGTHS = [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4];

/** What does not change while a text and a tokenizer stay. */
interface KnownWords {
  /** The words of the training text, the most frequent ones of a long text; without a text those of the vocabulary. */
  readonly tree: WordTree;
  /** Every token, where a script's words can't be told apart. */
  readonly pieces: WordTree;
  /** Shares of words of 1, 2, … tokens. */
  readonly lengths: readonly number[];
}

const known = new WeakMap<TokenizedText, KnownWords>();

function knownWords(tokens: TokenizedText): KnownWords {
  const found = known.get(tokens) ?? readWords(tokens);
  known.set(tokens, found);
  return found;
}

function readWords({ text, tokenizer }: TokenizedText): KnownWords {
  const counts = new Map<string, number>();
  const lengths: number[] = [];
  let read = 0;
  for (const lines of linesOf(text, text.split.trainingDocuments)) {
    for (const { word } of lines.flatMap(wordsOf)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      if (read++ < COUNTED_WORDS) lengths.push(tokenizer.encode(` ${word}`).length);
    }
    if (read > MOST_WORDS) break;
  }
  const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_DISTINCT_WORDS);
  const words = read > 0 ? frequent.map(([word]) => word) : vocabularyWords(tokenizer);
  return {
    tree: createWordTree(words, tokenizer, LONGEST_WORD),
    pieces: createPieceTree(tokenizer),
    lengths: wordLengths(read > 0 ? lengths : USUAL_LENGTHS),
  };
}

/** Words of a vocabulary, for a model that was opened without a text: what stands with its space, parts of words among them. */
function vocabularyWords({ tokenCount, textOf }: Tokenizer): string[] {
  return Array.from({ length: tokenCount }, (_, id) => textOf(id)).flatMap((text) => {
    const [found] = text.startsWith(' ') ? wordsOf(text) : [];
    return found !== undefined && found.start === 1 && found.word.length === text.length - 1 ? [found.word] : [];
  });
}

function* linesOf({ corpus }: TokenizedText['text'], documents: readonly number[]): Generator<string[]> {
  for (const document of documents) yield documentLines(corpus, document);
}

/** The masks of a text as gaps of a word each, with all the others still masked. */
function gapsOf(tokenizer: Tokenizer, text: string): WordGap[] {
  const spans = tokenizer.encodeDetailed(text);
  const ids = [BOS_ID, ...spans.map(({ id }) => id), EOS_ID];
  return spans.flatMap(({ id, start, end }, index) => {
    if (id !== MASK_ID) return [];
    // A mask takes the white space on its left.
    const isSpaced = /^\s/u.test(text.slice(start, end));
    return [{ ids, place: index + 1, start: wordStartAfter(text.slice(0, start), isSpaced) }];
  });
}

/** Tokens that the model reads at once, `<s>` and `</s>` included. */
function longestText({ config }: LiveModel): number {
  return config.model.maxPositionEmbeddings - 2;
}

/** Tokens that a word may have in a gap, so that the model can read the text. */
function roomOf(live: LiveModel, { ids }: WordGap): number {
  return longestText(live) - ids.length + 1;
}

/** What is searched for in a text: words, or tokens where its words can't be told apart. */
export type AnswerUnit = 'words' | 'pieces';

/** What can be searched for in a text. */
export function unitOf(text: string): AnswerUnit {
  return hasSpacedWords(text) ? 'words' : 'pieces';
}

/** The likeliest answers in gaps of texts. @returns for each gap its answers, likeliest first */
export function answerGaps(
  live: LiveModel,
  gaps: readonly { readonly gap: WordGap; readonly unit: AnswerUnit }[],
  count: number,
): Promise<WordCandidate[][]> {
  const { tree, pieces, lengths } = knownWords(live.tokens);
  const searches = gaps.map(({ gap, unit }) =>
    unit === 'words'
      ? searchWords(gap, tree, lengths.slice(0, roomOf(live, gap)), count)
      : searchWords(gap, pieces, [1], count),
  );
  return answerWords(live.roberta, searches, yieldToMessages);
}

/**
 * The likeliest words behind each mask of a text.
 * @returns for each mask its answers, likeliest first
 * @throws StudioError `testEmpty`, `testNoMask`, `testTooLong`
 */
export async function answerText(
  live: LiveModel,
  text: string,
  count: number,
): Promise<{ masks: WordCandidate[][]; unit: AnswerUnit }> {
  const unit = unitOf(text);
  const gaps = openGaps(live, text).map((gap) => ({ gap, unit }) as const);
  return { masks: await answerGaps(live, gaps, count), unit };
}

/**
 * How likely words are behind each mask of a text.
 * @returns for each mask the probability of each of the words and its number of tokens, and the shares of words of 1, 2, …
 *   tokens that are part of the probabilities
 * @throws StudioError `testEmpty`, `testNoMask`, `testTooLong`, `testLongWord`
 */
export async function scoreText(
  live: LiveModel,
  text: string,
  words: readonly string[],
): Promise<{ masks: number[][]; tokens: number[][]; lengths: readonly number[] }> {
  const { lengths } = knownWords(live.tokens);
  const gaps = openGaps(live, text);
  const spelled = gaps.map((gap) => words.map((word) => spell(live, gap, word)));
  const searches = gaps.flatMap((gap, mask) => (spelled[mask] ?? []).map((ids) => scoreWord(gap, ids, lengths)));
  const scores = await answerWords(live.roberta, searches, yieldToMessages);
  return {
    masks: gaps.map((_, mask) => scores.slice(mask * words.length, (mask + 1) * words.length)),
    tokens: spelled.map((forms) => forms.map((ids) => ids.length)),
    lengths,
  };
}

/** The tokens of a word in a gap. @throws StudioError `testLongWord` */
function spell(live: LiveModel, gap: WordGap, word: string): number[] {
  const ids = live.tokens.tokenizer.encode(gap.start === 'spaced' ? ` ${word}` : word);
  const [tokens, maximum] = [ids.length, Math.min(LONGEST_ASKED_WORD, roomOf(live, gap))];
  if (tokens > maximum) {
    throw new StudioError('testLongWord', `${tokens} tokens of at most ${maximum}`, { word, tokens, maximum });
  }
  return ids;
}

/** The gaps of a text that the model can read. */
function openGaps(live: LiveModel, text: string): WordGap[] {
  if (text.trim() === '') throw new StudioError('testEmpty', 'the text is empty');
  const gaps = gapsOf(live.tokens.tokenizer, text);
  if (gaps.length === 0) throw new StudioError('testNoMask', 'the text holds no <mask>');
  const tokens = gaps[0]?.ids.length ?? 0;
  assertReadable(tokens, longestText(live));
  return gaps;
}

/**
 * Scores items: of a cloze test the right word has to be the likeliest, of a pair the good sentence.
 * @throws StudioError `testTooLong`, `testLongWord`
 */
export async function scoreItems(live: LiveModel, items: readonly ScoreItem[]): Promise<ScoredItem[]> {
  const { lengths } = knownWords(live.tokens);
  const clozes = items.flatMap((item) => {
    if (item.kind !== 'cloze') return [];
    const unit = unitOf(item.text);
    return openGaps(live, item.text).map((gap) => ({ gap, unit, ids: spell(live, gap, item.word) }));
  });
  const pairs = items.flatMap((item) => (item.kind === 'pair' ? [item.good, item.bad] : []));
  const best = (await answerGaps(live, clozes, 1)).values();
  const asked = clozes.map(({ gap, ids }) => scoreWord(gap, ids, lengths));
  const probabilities = (await answerWords(live.roberta, asked, yieldToMessages)).values();
  const sentences = pairs.map((text) => pseudoLikelihood(readableWords(live, text)));
  const likelihoods = (await answerWords(live.roberta, sentences, yieldToMessages)).values();
  const next = (figures: Iterator<number>): number => figures.next().value ?? Number.NaN;
  return items.map((item) => {
    if (item.kind === 'pair') {
      const [score, against] = [next(likelihoods), next(likelihoods)];
      const right = score > against;
      return { ...item, right, score, against, answer: right ? item.good : item.bad };
    }
    const { word = '', probability = Number.NaN } = best.next().value?.[0] ?? {};
    return { ...item, right: word === item.word, score: next(probabilities), against: probability, answer: word };
  });
}

/** The words of a sentence that the model can read, in tokens. @throws StudioError `testTooLong` */
function readableWords(live: LiveModel, text: string): (readonly number[])[] {
  const words = live.tokens.tokenizer.encodeWords(text);
  assertReadable(
    words.reduce((sum, { length }) => sum + length, 2),
    longestText(live),
  );
  return words;
}

/** The held-out words that every model of a text is asked for, and what a table of neighbouring words finds of them. */
interface AskedWords {
  readonly places: readonly WordPlace[];
  readonly table: WordFigures;
}

const asked = new WeakMap<TokenizedText, Promise<AskedWords | null>>();

export function askedWords(tokens: TokenizedText): Promise<AskedWords | null> {
  const found = asked.get(tokens) ?? chooseWords(tokens);
  asked.set(tokens, found);
  return found;
}

async function chooseWords({ text, heldOut, tokenizer }: TokenizedText): Promise<AskedWords | null> {
  if (heldOut === null) return null;
  const lines = [...linesOf(text, text.split.heldOutDocuments)];
  if (!hasSpacedWords(lines[0]?.join(' ') ?? '')) return null;
  const all = await driveInSlices(collected(wordPlaces(lines, heldOut, tokenizer)), () => true);
  if (all === null || all.length === 0) return null;
  const places = drawPlaces(all, FINAL_WORDS, text.dataConfig.splitSeed);
  const training = linesOf(text, text.split.trainingDocuments);
  const ranks = await driveInSlices(neighbourWordRanks(training, lines, places), () => true);
  return ranks === null ? null : { places, table: wordFigures(ranks) };
}

/** Everything that is yielded, with a chance for others after each. */
function* collected<T>(items: Iterable<T>): Generator<null, T[]> {
  const all: T[] = [];
  for (const item of items) {
    all.push(item);
    yield null;
  }
  return all;
}

/**
 * How many held-out words the model finds, the number of their tokens not told.
 * @returns null where nothing is held out, or the script has no spaces that tell its words apart
 */
export async function evaluateWords(live: LiveModel): Promise<WordFigures | null> {
  const words = await askedWords(live.tokens);
  const { heldOut } = live.tokens;
  if (words === null || heldOut === null) return null;
  const { tree, lengths } = knownWords(live.tokens);
  const searches = function* () {
    for (const place of words.places) {
      yield searchWords(gapAt(heldOut, place, live.config.pipeline.seqLength), tree, lengths, 5);
    }
  };
  const answers = await answerWords(live.roberta, searches(), yieldToMessages);
  const ranks = words.places.map(({ word }, index) => {
    const rank = (answers[index] ?? []).findIndex((candidate) => candidate.word === word);
    return rank < 0 ? Number.POSITIVE_INFINITY : rank;
  });
  return wordFigures(ranks);
}
