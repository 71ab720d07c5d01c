/** What a model answers in words, and how likely it finds words that are asked for. */
import { answerWords } from '../../compute/evaluation/answerWords.ts';
import { assertAskable } from '../../compute/evaluation/fillMask.ts';
import { BOS_ID, EOS_ID, MASK_ID } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import {
  LONGEST_ASKED_WORD,
  scoreWord,
  searchWords,
  type WordCandidate,
  type WordGap,
} from '../../text/words/wordSearch.ts';
import { hasSpacedWords, wordStartAfter } from '../../text/words/words.ts';
import { knownWords } from './knownWords.ts';
import type { LiveModel } from './liveModel.ts';

/** Tokens that the model reads at once, `<s>` and `</s>` included. */
export function longestText({ config }: LiveModel): number {
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
export async function answerGaps(
  live: LiveModel,
  gaps: readonly { readonly gap: WordGap; readonly unit: AnswerUnit }[],
  count: number,
): Promise<WordCandidate[][]> {
  const { tree, pieces, lengths } = await knownWords(live.tokens);
  const searches = gaps.map(({ gap, unit }) =>
    unit === 'words'
      ? searchWords(gap, tree, lengths.slice(0, roomOf(live, gap)), count)
      : searchWords(gap, pieces, [1], count),
  );
  return answerWords(live.roberta, searches, yieldToMessages);
}

/**
 * The likeliest words behind each mask of a text; tokens where its words can't be told apart.
 * @returns for each mask its answers, likeliest first
 * @throws StudioError `testEmpty`, `testNoMask`, `testTooLong`
 */
export async function answerText(live: LiveModel, text: string, count: number): Promise<WordCandidate[][]> {
  const unit = unitOf(text);
  const gaps = openGaps(live, text).map((gap) => ({ gap, unit }));
  return answerGaps(live, gaps, count);
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
  const { lengths } = await knownWords(live.tokens);
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
export function spell(live: LiveModel, gap: WordGap, word: string): number[] {
  const ids = live.tokens.tokenizer.encode(gap.start === 'spaced' ? ` ${word}` : word);
  const [tokens, maximum] = [ids.length, Math.min(LONGEST_ASKED_WORD, roomOf(live, gap))];
  if (tokens > maximum) {
    throw new StudioError('testLongWord', `${tokens} tokens of at most ${maximum}`, { word, tokens, maximum });
  }
  return ids;
}

/** The masks of a text that the model can read as gaps of a word each, with all the others still masked. */
export function openGaps(live: LiveModel, text: string): WordGap[] {
  const spans = live.tokens.tokenizer.encodeDetailed(text);
  const ids = [BOS_ID, ...spans.map(({ id }) => id), EOS_ID];
  assertAskable(text, ids, longestText(live));
  return spans.flatMap(({ id, start, end }, index) => {
    if (id !== MASK_ID) return [];
    // A mask takes the white space on its left.
    const isSpaced = /^\s/u.test(text.slice(start, end));
    return [{ ids, place: index + 1, start: wordStartAfter(text.slice(0, start), isSpaced) }];
  });
}
