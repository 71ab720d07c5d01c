/** Scores a model on items of a file: cloze tests and minimal pairs. */
import { answerWords } from '../../compute/evaluation/answerWords.ts';
import { assertReadable } from '../../compute/evaluation/fillMask.ts';
import { StudioError } from '../../core/errors.ts';
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import type { ScoredItem, ScoreItem } from '../../files/scoreItems.ts';
import { pseudoLikelihood } from '../../text/words/pseudoLikelihood.ts';
import { scoreWord, type WordGap } from '../../text/words/wordSearch.ts';
import { knownWords } from './knownWords.ts';
import type { LiveModel } from './liveModel.ts';
import { type AnswerUnit, answerGaps, longestText, openGaps, spell, unitOf } from './modelWords.ts';

/** Items that are asked side by side, and told of together. */
const ITEMS_AT_ONCE = 16;

type Kind<K extends ScoreItem['kind']> = Extract<ScoreItem, { kind: K }>;

/** An item in tokens. */
type AskedItem =
  | { readonly item: Kind<'cloze'>; readonly gap: WordGap; readonly unit: AnswerUnit; readonly ids: readonly number[] }
  | { readonly item: Kind<'pair'>; readonly sentences: readonly (readonly (readonly number[])[])[] };

/**
 * Scores items: of a cloze test the right word has to be the likeliest, of a pair the good sentence. All of them are read
 * before the first is scored.
 * @param onItems called with the number of scored items now and then; returning false ends the work
 * @returns null if it was ended
 * @throws StudioError `testTooLong`, `testLongWord`, with the line
 */
export async function scoreItems(
  live: LiveModel,
  items: readonly ScoreItem[],
  onItems: (done: number) => boolean,
): Promise<ScoredItem[] | null> {
  const asked: AskedItem[] = [];
  for (const part of parts(items)) {
    asked.push(...part.map((item) => askItem(live, item)));
    await yieldToMessages();
  }
  const scored: ScoredItem[] = [];
  for (const part of parts(asked)) {
    if (!onItems(scored.length)) return null;
    scored.push(...(await scorePart(live, part)));
  }
  return scored;
}

function* parts<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let first = 0; first < items.length; first += ITEMS_AT_ONCE) yield items.slice(first, first + ITEMS_AT_ONCE);
}

function askItem(live: LiveModel, item: ScoreItem): AskedItem {
  try {
    if (item.kind === 'pair')
      return { item, sentences: [item.good, item.bad].map((text) => readableWords(live, text)) };
    const [gap] = openGaps(live, item.text) as [WordGap];
    return { item, gap, unit: unitOf(item.text), ids: spell(live, gap, item.word) };
  } catch (thrown) {
    const { code, message, details } = StudioError.from(thrown);
    throw new StudioError(code, message, { ...details, line: item.line }, { cause: thrown });
  }
}

async function scorePart(live: LiveModel, part: readonly AskedItem[]): Promise<ScoredItem[]> {
  const { lengths } = await knownWords(live.tokens);
  const clozes = part.flatMap((asked) => ('gap' in asked ? [asked] : []));
  const pairs = part.flatMap((asked) => ('gap' in asked ? [] : asked.sentences));
  const best = (await answerGaps(live, clozes, 1)).values();
  const words = clozes.map(({ gap, ids }) => scoreWord(gap, ids, lengths));
  const probabilities = (await answerWords(live.roberta, words, yieldToMessages)).values();
  const likelihoods = (await answerWords(live.roberta, pairs.map(pseudoLikelihood), yieldToMessages)).values();
  const next = (figures: Iterator<number>): number => figures.next().value ?? Number.NaN;
  return part.map(({ item }) => {
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
