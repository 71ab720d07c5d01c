/** A few verses with masked words, filled in by the model as it learns. */
import { type MaskedVerse, VERSES } from '../../core/answers.ts';
import { BOS_ID, EOS_ID, MASK_ID } from '../../core/config.ts';
import { createRng, deriveSeed, type Rng } from '../../core/rng.ts';
import { documentLines } from '../../text/documentTable.ts';
import type { Tokenizer } from '../../text/tokenizer/tokenizer.ts';
import { wordsInLine } from '../../text/words/wordPlaces.ts';
import type { WordGap } from '../../text/words/wordSearch.ts';
import { wordStartAfter } from '../../text/words/words.ts';
import type { LiveModel, TokenizedText } from './liveModel.ts';
import { type AnswerUnit, answerGaps, unitOf } from './modelWords.ts';

const MASKS_PER_VERSE = 2;
const CHARACTERS_MAX = 90;
/** Lines of each document that are tried. */
const ROUNDS = 8;

/** A masked word: its tokens in the verse, and what stands before it. */
interface HiddenWord extends Pick<WordGap, 'start'> {
  readonly first: number;
  readonly end: number;
}

/** A verse before the model fills it: its ids, and what is hidden of them. */
export interface VerseQuestion {
  readonly ids: readonly number[];
  readonly hidden: readonly HiddenWord[];
  /** Pieces of words where the script's words can't be told apart. */
  readonly unit: AnswerUnit;
}

/** Picks verses from the held-out share (the training share where nothing is held out), the same ones every time. */
export function chooseVerses(tokens: TokenizedText, seqLength: number, count = VERSES): VerseQuestion[] {
  const { text, tokenizer } = tokens;
  const documents = tokens.heldOut ? text.split.heldOutDocuments : text.split.trainingDocuments;
  const rng = createRng(deriveSeed(text.dataConfig.splitSeed, 'verses'));
  const order = rng.shuffle(Int32Array.from(documents));
  const verses: VerseQuestion[] = [];
  for (let round = 0; round < ROUNDS && verses.length < count; round++) {
    for (const document of order) {
      const lines = documentLines(text.corpus, document);
      const line = (lines[rng.int(lines.length)] ?? '').slice(0, CHARACTERS_MAX);
      const question = askVerse(tokenizer, line, seqLength - 2, rng);
      const known = verses.some((verse) => verse.ids.join() === question?.ids.join());
      if (question && !known) verses.push(question);
      if (verses.length === count) return verses;
    }
  }
  return verses;
}

/**
 * Hides up to two words of a line, and no more than half of them.
 * @param longest tokens of a verse at most; a longer line is cut
 */
function askVerse(tokenizer: Tokenizer, line: string, longest: number, rng: Rng): VerseQuestion | null {
  const spans = firstTokens(tokenizer.encodeDetailed(line), longest);
  const text = line.slice(0, spans.at(-1)?.end ?? 0);
  const unit = unitOf(text);
  const candidates =
    unit === 'words'
      ? wordsInLine(text, spans).filter(({ word, end }) => word.length > 1 && (end < spans.length || text === line))
      : spans.flatMap(({ start, end }, first) =>
          isOwn(spans, first) && /^\s?\p{L}[\p{L}\p{M}]*$/u.test(text.slice(start, end))
            ? [{ start, first, end: first + 1 }]
            : [],
        );
  if (candidates.length === 0 || spans.length < 3) return null;
  const hidden = [...rng.shuffle(Int32Array.from(candidates.keys()))]
    .slice(0, Math.min(MASKS_PER_VERSE, Math.ceil(candidates.length / 2)))
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const { start, first, end } = candidates[index] ?? { start: 0, first: 0, end: 0 };
      return { first, end, start: wordStartAfter(text.slice(0, start).trimEnd(), /\s$/u.test(text.slice(0, start))) };
    });
  return { ids: spans.map(({ id }) => id), hidden, unit };
}

type Span = ReturnType<Tokenizer['encodeDetailed']>[number];

/** Whether the characters of a token are no other token's: a rare one is several tokens of a byte or two. */
function isOwn(spans: readonly Span[], at: number): boolean {
  const { start, end } = spans[at] ?? { start: 0, end: 0 };
  return (spans[at - 1]?.end ?? 0) <= start && (spans[at + 1]?.start ?? end) >= end;
}

/** The first tokens, not cut within a character. */
function firstTokens(spans: readonly Span[], longest: number): readonly Span[] {
  let end = Math.min(longest, spans.length);
  while (end > 0 && (spans[end]?.start ?? Number.POSITIVE_INFINITY) < (spans[end - 1]?.end ?? 0)) end--;
  return spans.slice(0, end);
}

function masked({ ids, hidden }: VerseQuestion): number[] {
  return ids.flatMap((id, index) => {
    const word = hidden.find(({ first, end }) => index >= first && index < end);
    if (word === undefined) return [id];
    return index === word.first ? [MASK_ID] : [];
  });
}

/** A question as text with `<mask>`, as a person would type it. */
export function questionText(tokenizer: Tokenizer, question: VerseQuestion): string {
  // <mask> eats the white space on its left, so that a space may stand before it.
  return tokenizer.decode(masked(question)).replaceAll('<mask>', ' <mask>').replace(/ {2,}/gu, ' ').trimStart();
}

/** The words that are hidden in a question, in the order of its masks. */
export function hiddenWords(tokenizer: Tokenizer, { ids, hidden }: VerseQuestion): string[] {
  return hidden.map(({ first, end }) => tokenizer.decode(ids.slice(first, end)).trim());
}

/** Fills the verses as the model would now, each word with the others still hidden. */
export async function fillVerses(live: LiveModel, questions: readonly VerseQuestion[]): Promise<MaskedVerse[]> {
  const gaps = questions.flatMap((question) => {
    const ids = [BOS_ID, ...masked(question), EOS_ID];
    const places = ids.flatMap((id, place) => (id === MASK_ID ? [place] : []));
    return question.hidden.map(({ start }, at) => ({
      gap: { ids, place: places[at] ?? 0, start },
      unit: question.unit,
    }));
  });
  const answers = (await answerGaps(live, gaps, 1)).values();
  const { tokenizer } = live.tokens;
  return questions.map(({ ids, hidden }) => {
    const edges = [{ end: 0 }, ...hidden];
    return {
      parts: edges.map(({ end }, at) => tokenizer.decode(ids.slice(end, hidden[at]?.first ?? ids.length))),
      fills: hidden.map(({ first, end, start }) => {
        const best = answers.next().value?.[0];
        const truth = tokenizer.decode(ids.slice(first, end));
        return {
          truth,
          guess: best ? `${start === 'spaced' ? ' ' : ''}${best.word}` : '',
          probability: best?.probability ?? 0,
        };
      }),
    };
  });
}
